import { OrganizationRegistered, PartyRefused } from '@tokengrid/contracts';
import type { KeyToIssue } from '../rules/api-keys.ts';
import { issued } from '../rules/api-keys.ts';
import type { Party } from '../state/party.ts';
import type { Reservation } from '../rules/registrations.ts';
import { registrationRefusal } from '../rules/registrations.ts';
import type { Decided } from '../rules/decided.ts';

export interface RegisterOrganization {
  readonly partyId: string;
  readonly kind: 'developer' | 'provider';
  /** Encrypted with the owner's key, as all of the owner's data. */
  readonly name: string;
  readonly contactStreamId: string;
  readonly owner: {
    readonly userId: string;
    readonly name: string;
    readonly email: string;
    readonly passwordHash: string;
  };
  readonly firstKey: KeyToIssue;
  /** Result of reserving the e-mail address. */
  readonly reservation: Reservation<'email'>;
}

/**
 * Registers a developer or provider with its first user and first API key, if the e-mail address is
 * reserved for it.
 */
export function registerOrganization(
  state: Party,
  { reservation, firstKey, ...organization }: RegisterOrganization,
): Decided<'registerOrganization'> {
  const { partyId, kind } = organization;
  const refusal = registrationRefusal(state, reservation);
  if (refusal) return [PartyRefused({ partyId, ...refusal })];
  return [OrganizationRegistered(organization), issued(partyId, kind, firstKey)];
}
