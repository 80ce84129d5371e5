import { PersonJoined, MembershipRefused } from '@tokengrid/contracts';
import type { Decided } from '../rules/decided.ts';
import { memberOf } from '../rules/memberships.ts';
import type { Party } from '../state/party.ts';
import { isRegistered } from '../state/party.ts';

export interface AddOwner {
  readonly partyId: string;
  readonly userId: string;
}

/** Makes the person that registered an organization its first owner. */
export function addOwner(state: Party, { partyId, userId }: AddOwner): Decided<'addOwner'> {
  if (!isRegistered(state)) return [MembershipRefused({ partyId, code: 'NOT_FOUND' })];
  if (memberOf(state, userId)) return [MembershipRefused({ partyId, code: 'IDENTITY.ALREADY_MEMBER' })];
  return [PersonJoined({ partyId, partyKind: state.kind, userId, role: 'owner' })];
}
