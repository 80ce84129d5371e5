import { EmailProved, PersonRefused, PersonRegistered } from '@tokengrid/contracts';
import type { Decided } from '../rules/decided.ts';
import { lapsed, type Reservation } from '../rules/registrations.ts';
import type { Person } from '../state/person.ts';

export interface RegisterPerson {
  readonly userId: string;
  /** Encrypted with the person's key, as all of their data. */
  readonly name: string;
  readonly email: string;
  readonly passwordHash: string;
  readonly contactStreamId: string;
  /** The organization that the person registered. */
  readonly organizationId?: string | undefined;
  /** True if the person came by a secret that was sent to the address. */
  readonly isEmailProved: boolean;
  /** Result of reserving the e-mail address. */
  readonly reservation: Reservation<'email'>;
}

/** Registers a person, if the e-mail address is reserved for them or their organization. */
export function registerPerson(
  state: Person,
  { reservation, isEmailProved, organizationId, ...account }: RegisterPerson,
): Decided<'registerPerson'> {
  const { userId } = account;
  const refusal = refusalOf(state, reservation);
  if (refusal) return [PersonRefused({ userId, ...refusal })];
  const registered = PersonRegistered({ ...account, ...(organizationId !== undefined && { organizationId }) });
  return isEmailProved ? [registered, EmailProved({ userId })] : [registered];
}

function refusalOf({ status }: Person, reservation: Reservation<'email'>) {
  if (reservation !== 'reserved') return { code: reservation.refused };
  switch (status) {
    case 'unregistered':
      return undefined;
    case 'refused':
      return lapsed;
    case 'erased':
      return { code: 'IDENTITY.PERSON_ERASED' } as const;
    case 'registered':
      return { code: 'IDENTITY.ALREADY_REGISTERED' } as const;
  }
}
