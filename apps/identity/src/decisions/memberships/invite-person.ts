import { instantOf, InvitationWithdrawn, PersonInvited, MembershipRefused, type Role } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Decided } from '../rules/decided.ts';
import { kindWithMembers, maxPeople, memberOf } from '../rules/memberships.ts';
import { isBounded } from '../rules/narrower.ts';
import type { Invitation } from '../state/memberships.ts';
import type { Party } from '../state/party.ts';
import { isRegistered } from '../state/party.ts';

export interface InvitePerson {
  readonly partyId: string;
  readonly invitationId: string;
  /** The person of the address, or the one that it will be. */
  readonly userId: string;
  readonly role: Role;
  /** Encrypted with the key of the person. */
  readonly email: string;
  readonly contactStreamId: string;
  /** Hex SHA-256 of the secret in the mail. */
  readonly secretHash: string;
  readonly lifeMs: number;
  /** API key or person that invites. */
  readonly invitedBy: string;
}

/**
 * Invites a person to a party by e-mail. Earlier invitations of the address, and expired ones, end.
 * A key with limits invites nobody: a member would outlive them.
 */
export function invitePerson(
  state: Party,
  { lifeMs, ...invitation }: InvitePerson,
  { time }: DecisionContext,
): Decided<'invitePerson'> {
  const { partyId, userId } = invitation;
  const partyKind = kindWithMembers(state, partyId);
  if (!partyKind) return [MembershipRefused({ partyId, code: 'NOT_FOUND' })];
  const minter = isRegistered(state) && state.keys.find(({ keyId }) => keyId === invitation.invitedBy);
  if (minter && isBounded(minter)) return [MembershipRefused({ partyId, code: 'IDENTITY.API_KEY_LIMITED' })];
  if (memberOf(state, userId)) return [MembershipRefused({ partyId, code: 'IDENTITY.ALREADY_MEMBER' })];
  const { members, invitations } = isRegistered(state) ? state : nobody;
  const isOver = ({ expiresAt, contactStreamId }: Invitation) =>
    expiresAt <= time || contactStreamId === invitation.contactStreamId;
  const over = invitations.filter(isOver);
  if (members.length + invitations.length - over.length >= maxPeople) {
    return [MembershipRefused({ partyId, code: 'IDENTITY.TOO_MANY_PEOPLE' })];
  }
  return [
    PersonInvited({ ...invitation, partyKind, expiresAt: instantOf(time + lifeMs) }),
    ...over.map(({ invitationId, userId }) => InvitationWithdrawn({ partyId, invitationId, userId })),
  ];
}

const nobody = { members: [], invitations: [] };
