import { InvitationWithdrawn, MembershipRefused } from '@tokengrid/contracts';
import type { Decided } from '../rules/decided.ts';
import type { Party } from '../state/party.ts';
import { isRegistered } from '../state/party.ts';

export interface WithdrawInvitation {
  readonly partyId: string;
  readonly invitationId: string;
}

/** Withdraws an invitation that is not accepted yet, also an expired one. */
export function withdrawInvitation(
  state: Party,
  { partyId, invitationId }: WithdrawInvitation,
): Decided<'withdrawInvitation'> {
  const invitation = isRegistered(state) && state.invitations.find((each) => each.invitationId === invitationId);
  if (!invitation) return [MembershipRefused({ partyId, code: 'IDENTITY.INVITATION_NOT_OPEN' })];
  return [InvitationWithdrawn({ partyId, invitationId, userId: invitation.userId })];
}
