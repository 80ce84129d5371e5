import type {
  apiKeyEvents,
  EventsOf,
  IdentityEvent,
  KeyBudget,
  KeyHolderKind,
  KeyRights,
  membershipEvents,
  oauthClientEvents,
  partyEvents,
  registrationEvents,
} from '@tokengrid/contracts';
import { operatorPartyId } from '@tokengrid/contracts';
import type { Aggregate, EventNamed } from '@tokengrid/kernel';
import { evolveMemberships, type Memberships } from './memberships.ts';

/** A key that was neither revoked nor removed. */
export interface ApiKey {
  readonly keyId: string;
  readonly name: string;
  readonly scopes: readonly string[];
  /** Epoch milliseconds; `null` for never. */
  readonly expiresAt: number | null;
  /** True for a key with a successor; it ends with the overlap. */
  readonly rotated: boolean;
  /** The key that it ends with. */
  readonly parent?: string | undefined;
  readonly rights: KeyRights;
  /** µAIT that it may spend at most: its own budget, and those of the keys it is minted from. */
  readonly budget: KeyBudget;
}

/** An OAuth client that was not deleted. */
export interface OauthClient {
  readonly clientId: string;
  /** False for a client with public keys. */
  readonly hasSecret: boolean;
}

/** A registered party; the operator is one from its first key on. */
export interface RegisteredParty extends Memberships {
  readonly status: 'active' | 'suspended';
  readonly kind: KeyHolderKind;
  /** Persons whose keys encrypt its personal data. */
  readonly personIds: readonly string[];
  readonly contactStreamId: string;
  readonly erased: boolean;
  readonly keys: readonly ApiKey[];
  readonly clients: readonly OauthClient[];
}

/**
 * An organization, a subscriber or the operator. After a refused registration the party never
 * exists.
 */
export type Party = { readonly status: 'unregistered' } | { readonly status: 'refused' } | RegisteredParty;

/** The stream of one party, `org_…`, `sub_…` or `operator`. */
export const party: Aggregate<Party, IdentityEvent> = {
  name: 'party',
  stateVersion: 4,
  initial: { status: 'unregistered' },
  evolve: evolveParty,
};

/** True if the party is registered. */
export function isRegistered(state: Party): state is RegisteredParty {
  return state.status === 'active' || state.status === 'suspended';
}

function evolveParty(
  state: Party,
  event: EventsOf<
    | typeof registrationEvents
    | typeof apiKeyEvents
    | typeof partyEvents
    | typeof oauthClientEvents
    | typeof membershipEvents
  >,
): Party {
  switch (event.type) {
    case 'OrganizationRegistered':
      return registered(event.data.kind, event.data.owner.userId, event.data.contactStreamId);
    case 'SubscriberRegistered':
      return registered('subscriber', event.data.partyId, event.data.contactStreamId);
    case 'ApiKeyIssued': {
      const holder = holding(state, event.data.partyKind);
      return changed(holder, ({ keys }) => ({ keys: [...keys, issuedKey(event.data, keys)] }));
    }
    case 'ApiKeyRotated': {
      const { keyId, expiresAt } = event.data;
      return withKey(state, keyId, { rotated: true, expiresAt: Date.parse(expiresAt) });
    }
    case 'ApiKeyShortened': {
      const { keyId, expiresAt } = event.data;
      return withKey(state, keyId, { expiresAt: Date.parse(expiresAt) });
    }
    case 'ApiKeyRevoked':
      return changed(state, ({ keys }) => ({ keys: keys.filter(({ keyId }) => keyId !== event.data.keyId) }));
    case 'OauthClientRegistered': {
      const { clientId, secretHash } = event.data;
      const added = { clientId, hasSecret: secretHash !== undefined };
      return changed(state, ({ clients }) => ({ clients: [...clients, added] }));
    }
    case 'OauthClientDeleted': {
      const { clientId: deleted } = event.data;
      return changed(state, ({ clients }) => ({ clients: clients.filter(({ clientId }) => clientId !== deleted) }));
    }
    case 'PersonInvited':
      return changed(holding(state, event.data.partyKind), (party) => evolveMemberships(party, event));
    case 'InvitationWithdrawn':
    case 'PersonJoined':
    case 'RoleChanged':
    case 'MembershipEnded':
    case 'MembershipRefused':
      return changed(state, (party) => evolveMemberships(party, event));
    case 'PartySuspended':
      return changed(state, () => ({ status: 'suspended' }));
    case 'PartyReinstated':
      return changed(state, () => ({ status: 'active' }));
    case 'PersonalDataErased':
      return changed(state, () => ({ erased: true }));
    case 'PersonalDataRead':
      return state;
    case 'PartyRefused':
      return isRegistered(state) ? state : { status: 'refused' };
    case 'ApiKeyRefused':
    case 'OauthClientSecretRotated':
    case 'AccessTokenRevoked':
    case 'OauthClientRefused':
      return state;
  }
}

const withKey = (state: Party, keyId: string, changes: Partial<ApiKey>): Party =>
  changed(state, ({ keys }) => ({
    keys: keys.map((key) => (key.keyId === keyId ? { ...key, ...changes } : key)),
  }));

function issuedKey(data: EventNamed<IdentityEvent, 'ApiKeyIssued'>['data'], keys: readonly ApiKey[]): ApiKey {
  const { keyId, name, scopes, expiresAt, succeeds, parent, budget } = data;
  const { models, apps, requestsPerMinute, unitsPerMinute, streams } = data;
  const origin = keys.find((key) => key.keyId === (succeeds ?? parent));
  return {
    ...{ keyId, name, scopes, expiresAt: expiresAt === null ? null : Date.parse(expiresAt), rotated: false },
    ...(parent !== undefined && { parent }),
    rights: {
      ...(models && { models }),
      ...(apps && { apps }),
      ...(requestsPerMinute !== undefined && { requestsPerMinute }),
      ...(unitsPerMinute !== undefined && { unitsPerMinute }),
      ...(streams !== undefined && { streams }),
    },
    budget: { ...origin?.budget, ...budget },
  };
}

/** The party with a kind; the operator never registers and exists from its first key on. */
function holding(state: Party, kind: KeyHolderKind): Party {
  return kind === 'operator' && !isRegistered(state) ? registered('operator', operatorPartyId, operatorPartyId) : state;
}

const nothing = { keys: [], clients: [], members: [], invitations: [] };

function registered(kind: KeyHolderKind, personId: string, contactStreamId: string): RegisteredParty {
  return { status: 'active', kind, personIds: [personId], contactStreamId, erased: false, ...nothing };
}

function changed(state: Party, change: (party: RegisteredParty) => Partial<RegisteredParty>): Party {
  return isRegistered(state) ? { ...state, ...change(state) } : state;
}
