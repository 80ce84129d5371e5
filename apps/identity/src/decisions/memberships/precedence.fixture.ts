import { type IdentityEvent, identityRefusals } from '@tokengrid/contracts';
import { precedenceCases, someContext } from '@tokengrid/kernel';
import {
  invitationNumber,
  invited,
  joined,
  keyIssued,
  keyNumber,
  organizationRegistered,
  orgId,
  otherUserId,
  userId,
} from '../examples.fixture.ts';
import { maxPeople } from '../rules/memberships.ts';
import { party } from '../state/party.ts';
import { acceptInvitation } from './accept-invitation.ts';
import { addOwner } from './add-owner.ts';
import { changeRole } from './change-role.ts';
import { endMembership } from './end-membership.ts';
import { invitePerson } from './invite-person.ts';
import { withdrawInvitation } from './withdraw-invitation.ts';

const now = someContext.time;
const nothing = { given: () => [] };
const { invitationId, secretHash } = invitationNumber(1);
const accept = { partyId: orgId, invitationId, secretHash, userId: otherUserId };
const toInvite = { ...invitationNumber(2), lifeMs: 1000 };
const manyPeople = Array.from({ length: maxPeople }, (_, index) =>
  joined(`usr_01jzz000000000000000000${String(index).padStart(3, '0')}`, 'viewer'),
);
const alone = [organizationRegistered, joined(userId, 'owner')];
/** The key that invites has a limit. */
const limited = {
  given: (history: readonly IdentityEvent[]) =>
    history.map((event) =>
      event.type === 'ApiKeyIssued' && event.data.keyId === keyNumber(1).keyId
        ? { ...event, data: { ...event.data, requestsPerMinute: 9 } }
        : event,
    ),
};

/** Cases of the refusals of commands about memberships. */
export const membershipCases = {
  invitePerson: precedenceCases(
    { aggregate: party, decide: invitePerson, given: [organizationRegistered, keyIssued(1)], when: toInvite },
    identityRefusals.invitePerson,
    {
      NOT_FOUND: nothing,
      'IDENTITY.API_KEY_LIMITED': limited,
      'IDENTITY.ALREADY_MEMBER': { given: [joined(otherUserId, 'viewer')] },
      'IDENTITY.TOO_MANY_PEOPLE': { given: manyPeople },
    },
  ),
  withdrawInvitation: precedenceCases(
    {
      ...{ aggregate: party, decide: withdrawInvitation, given: [organizationRegistered, invited(1, now)] },
      when: { partyId: orgId, invitationId },
    },
    identityRefusals.withdrawInvitation,
    { 'IDENTITY.INVITATION_NOT_OPEN': nothing },
  ),
  acceptInvitation: precedenceCases(
    {
      ...{ aggregate: party, decide: acceptInvitation, given: [organizationRegistered, invited(1, now + 1)] },
      when: accept,
    },
    identityRefusals.acceptInvitation,
    {
      'IDENTITY.INVITATION_NOT_OPEN': { when: { secretHash: 'e'.repeat(64) } },
      'IDENTITY.ALREADY_MEMBER': { given: [joined(otherUserId, 'viewer')] },
    },
  ),
  addOwner: precedenceCases(
    {
      ...{ aggregate: party, decide: addOwner, given: [organizationRegistered] },
      when: { partyId: orgId, userId },
    },
    identityRefusals.addOwner,
    { NOT_FOUND: nothing, 'IDENTITY.ALREADY_MEMBER': { given: [joined(userId, 'viewer')] } },
    ['NOT_FOUND | IDENTITY.ALREADY_MEMBER'],
  ),
  changeRole: precedenceCases(
    {
      ...{ aggregate: party, decide: changeRole, given: [...alone, joined(otherUserId, 'owner')] },
      when: { partyId: orgId, userId, role: 'viewer' },
    },
    identityRefusals.changeRole,
    { 'IDENTITY.NOT_A_MEMBER': nothing, 'IDENTITY.LAST_OWNER': { given: () => alone } },
    ['IDENTITY.NOT_A_MEMBER | IDENTITY.LAST_OWNER'],
  ),
  endMembership: precedenceCases(
    {
      ...{ aggregate: party, decide: endMembership, given: [...alone, joined(otherUserId, 'owner')] },
      when: { partyId: orgId, userId },
    },
    identityRefusals.endMembership,
    { 'IDENTITY.NOT_A_MEMBER': nothing, 'IDENTITY.LAST_OWNER': { given: () => alone } },
    ['IDENTITY.NOT_A_MEMBER | IDENTITY.LAST_OWNER'],
  ),
};
