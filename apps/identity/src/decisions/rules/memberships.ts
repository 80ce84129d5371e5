import { operatorPartyId } from '@tokengrid/contracts';
import type { Member } from '../state/memberships.ts';
import type { Party, RegisteredParty } from '../state/party.ts';
import { isRegistered } from '../state/party.ts';

/** Maximum number of a party's members and open invitations. */
export const maxPeople = 200;

/** A member of the party. */
export function memberOf(state: Party, userId: string): Member | undefined {
  return isRegistered(state) ? state.members.find((member) => member.userId === userId) : undefined;
}

/** True if an organization would have no owner without one of its members. */
export function isLastOwner({ kind, members }: RegisteredParty, userId: string): boolean {
  const owners = members.filter(({ role }) => role === 'owner');
  return kind !== 'operator' && owners.length === 1 && owners[0]!.userId === userId;
}

/** Kind of a party that may have members: an organization, or the operator before its first key. */
export function kindWithMembers(state: Party, partyId: string): 'developer' | 'provider' | 'operator' | undefined {
  if (partyId === operatorPartyId) return 'operator';
  if (!isRegistered(state) || state.kind === 'subscriber') return undefined;
  return state.kind;
}
