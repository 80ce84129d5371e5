import { MembershipRefused, MembershipEnded } from '@tokengrid/contracts';
import type { Decided } from '../rules/decided.ts';
import { isLastOwner, memberOf } from '../rules/memberships.ts';
import type { Party } from '../state/party.ts';
import { isRegistered } from '../state/party.ts';

export interface EndMembership {
  readonly partyId: string;
  readonly userId: string;
}

/** Ends a membership: the person acts for the party no more. An organization keeps an owner. */
export function endMembership(state: Party, { partyId, userId }: EndMembership): Decided<'endMembership'> {
  if (!isRegistered(state) || !memberOf(state, userId)) {
    return [MembershipRefused({ partyId, code: 'IDENTITY.NOT_A_MEMBER' })];
  }
  if (isLastOwner(state, userId)) return [MembershipRefused({ partyId, code: 'IDENTITY.LAST_OWNER' })];
  return [MembershipEnded({ partyId, userId })];
}
