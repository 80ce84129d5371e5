import type { EventsOf, IdentityEvent, personEvents } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';

/** A code that was sent to prove an e-mail address. */
export interface SentCode {
  readonly codeHash: string;
  /** Epoch milliseconds. */
  readonly sentAt: number;
  readonly expiresAt: number;
  /** Wrong codes since it was sent. */
  readonly wrong: number;
}

/** What a person allowed an OAuth client. */
export interface AccessGrant {
  readonly grantId: string;
  readonly clientId: string;
  /** Party on whose behalf the client acts; absent where it only learns who the person is. */
  readonly partyId?: string | undefined;
  readonly scopes: readonly string[];
}

/** A person with an account. */
export interface RegisteredPerson {
  readonly status: 'registered';
  /** Encrypted with the person's key, as all of their data. */
  readonly email: string;
  readonly passwordHash: string;
  readonly contactStreamId: string;
  /** The organization whose address and name are under this person's key. */
  readonly organizationId?: string | undefined;
  readonly isEmailProved: boolean;
  readonly code?: SentCode | undefined;
  /** Wrong passwords since the last right one. */
  readonly wrongPasswords: number;
  /** End of the lock, epoch milliseconds; 0 for none. */
  readonly lockedUntil: number;
  /** Grants that were not ended, the oldest first. */
  readonly grants: readonly AccessGrant[];
}

/** A person, `usr_…`. After a registration that was given up there never is one. */
export type Person =
  | { readonly status: 'unregistered' }
  | { readonly status: 'refused' }
  | { readonly status: 'erased' }
  | RegisteredPerson;

/** The stream of one person. */
export const person: Aggregate<Person, IdentityEvent> = {
  name: 'person',
  stateVersion: 2,
  initial: { status: 'unregistered' },
  evolve: evolvePerson,
};

/** True if the person is registered and not erased. */
export function isPerson(state: Person): state is RegisteredPerson {
  return state.status === 'registered';
}

function evolvePerson(state: Person, event: EventsOf<typeof personEvents>): Person {
  switch (event.type) {
    case 'PersonRegistered': {
      const { email, passwordHash, contactStreamId, organizationId } = event.data;
      const fresh = { isEmailProved: false, wrongPasswords: 0, lockedUntil: 0, grants: [] };
      return { status: 'registered', email, passwordHash, contactStreamId, organizationId, ...fresh };
    }
    case 'EmailProofRequested': {
      const { codeHash, sentAt, expiresAt } = event.data;
      const code = { codeHash, sentAt: Date.parse(sentAt), expiresAt: Date.parse(expiresAt), wrong: 0 };
      return changed(state, () => ({ code }));
    }
    case 'EmailProved':
      return changed(state, () => ({ isEmailProved: true, code: undefined }));
    case 'PersonSignedIn':
      return changed(state, () => ({ wrongPasswords: 0, lockedUntil: 0 }));
    case 'SignInRefused': {
      const { code, lockedUntil } = event.data;
      if (code !== 'IDENTITY.PASSWORD_WRONG') return state;
      const until = lockedUntil === undefined ? 0 : Date.parse(lockedUntil);
      return changed(state, ({ wrongPasswords }) => ({ wrongPasswords: wrongPasswords + 1, lockedUntil: until }));
    }
    case 'PasswordChanged':
      return changed(state, () => ({ passwordHash: event.data.passwordHash, wrongPasswords: 0, lockedUntil: 0 }));
    case 'AccessGranted': {
      const { grantId, clientId, partyId, scopes } = event.data;
      return changed(state, ({ grants }) => ({ grants: [...grants, { grantId, clientId, partyId, scopes }] }));
    }
    case 'AccessGrantEnded': {
      const { grantId: ended } = event.data;
      return changed(state, ({ grants }) => ({ grants: grants.filter(({ grantId }) => grantId !== ended) }));
    }
    case 'PersonErased':
      return { status: 'erased' };
    case 'PersonRefused': {
      const { code } = event.data;
      if (code === 'IDENTITY.REGISTRATION_LAPSED' && state.status === 'unregistered') return { status: 'refused' };
      if (code !== 'IDENTITY.CODE_WRONG') return state;
      return changed(state, ({ code: sent }) => ({ code: sent && { ...sent, wrong: sent.wrong + 1 } }));
    }
  }
}

function changed(state: Person, change: (person: RegisteredPerson) => Partial<RegisteredPerson>): Person {
  return isPerson(state) ? { ...state, ...change(state) } : state;
}
