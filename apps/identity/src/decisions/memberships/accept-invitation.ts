import { InvitationWithdrawn, PersonJoined, MembershipRefused } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Decided } from '../rules/decided.ts';
import { memberOf } from '../rules/memberships.ts';
import type { Invitation } from '../state/memberships.ts';
import type { Party } from '../state/party.ts';
import { isRegistered } from '../state/party.ts';

export interface AcceptInvitation {
  readonly partyId: string;
  readonly invitationId: string;
  /** Hex SHA-256 of the secret that the person has. */
  readonly secretHash: string;
  /** The person of the invited address. */
  readonly userId: string;
}

/** The invitation that a secret opens now, if any. */
export function openInvitation(
  state: Party,
  { invitationId, secretHash }: Pick<AcceptInvitation, 'invitationId' | 'secretHash'>,
  time: number,
): Invitation | undefined {
  if (!isRegistered(state)) return undefined;
  const invitation = state.invitations.find((each) => each.invitationId === invitationId);
  return invitation?.secretHash === secretHash && time < invitation.expiresAt ? invitation : undefined;
}

/** Makes an invited person a member of the party, once. */
export function acceptInvitation(
  state: Party,
  accepted: AcceptInvitation,
  { time }: DecisionContext,
): Decided<'acceptInvitation'> {
  const { partyId, invitationId, userId } = accepted;
  const invitation = openInvitation(state, accepted, time);
  if (!invitation || !isRegistered(state)) {
    return [MembershipRefused({ partyId, code: 'IDENTITY.INVITATION_NOT_OPEN' })];
  }
  if (memberOf(state, userId)) return [MembershipRefused({ partyId, code: 'IDENTITY.ALREADY_MEMBER' })];
  const joined = PersonJoined({ partyId, partyKind: state.kind, userId, role: invitation.role, invitationId });
  if (invitation.userId === userId) return [joined];
  // The address went to another person since: that of the invitation is forgotten.
  return [joined, InvitationWithdrawn({ partyId, invitationId, userId: invitation.userId })];
}
