import { describe, it } from '@jest/globals';
import {
  instantOf,
  InvitationWithdrawn,
  MembershipEnded,
  MembershipRefused,
  PersonInvited,
  PersonJoined,
  RoleChanged,
} from '@tokengrid/contracts';
import { givenFor, someContext } from '@tokengrid/kernel';
import {
  invitationNumber,
  invited,
  joined,
  keyIssued,
  organizationRegistered,
  orgId,
  otherUserId,
  subscriberRegistered,
  subId,
  userId,
} from '../examples.fixture.ts';
import { party } from '../state/party.ts';
import { acceptInvitation } from './accept-invitation.ts';
import { addOwner } from './add-owner.ts';
import { changeRole } from './change-role.ts';
import { endMembership } from './end-membership.ts';
import { invitePerson } from './invite-person.ts';
import { withdrawInvitation } from './withdraw-invitation.ts';

const given = givenFor(party);
const now = someContext.time;
const lifeMs = 1000;
const { invitationId, secretHash } = invitationNumber(1);
const refused = (code: Parameters<typeof MembershipRefused>[0]['code'], partyId = orgId) =>
  MembershipRefused({ partyId, code });
const withdrawn = (number: number) =>
  InvitationWithdrawn({ partyId: orgId, invitationId: invitationNumber(number).invitationId, userId: otherUserId });
const registered = [organizationRegistered, keyIssued(1), joined(userId, 'owner')];

describe('inviting a person', () => {
  it('states the role, the hash of the secret and the end', () =>
    given(...registered)
      .when(invitePerson, { ...invitationNumber(1), lifeMs })
      .then(invited(1, now + lifeMs)));

  it('ends the earlier invitation of the address, and those that have expired', () => {
    const again = { ...invitationNumber(3), contactStreamId: invitationNumber(1).contactStreamId };
    const expiresAt = instantOf(now + lifeMs);
    given(...registered, invited(1, now + 1), invited(2, now), invited(4, now + 1))
      .when(invitePerson, { ...again, lifeMs })
      .then(PersonInvited({ ...again, partyKind: 'developer', expiresAt }), withdrawn(1), withdrawn(2));
  });

  it('works for the operator before it has a key of its own', () => {
    const invitation = { ...invitationNumber(1), partyId: 'operator', role: 'auditor' as const };
    const expiresAt = instantOf(now + lifeMs);
    given()
      .when(invitePerson, { ...invitation, lifeMs })
      .then(PersonInvited({ ...invitation, partyKind: 'operator', expiresAt }));
  });

  it('is refused to a subscriber, who is one person', () =>
    given(subscriberRegistered)
      .when(invitePerson, { ...invitationNumber(1), partyId: subId, lifeMs })
      .then(refused('NOT_FOUND', subId)));
});

describe('accepting an invitation', () => {
  const accept = { partyId: orgId, invitationId, secretHash, userId: otherUserId };
  const member = PersonJoined({
    ...{ partyId: orgId, partyKind: 'developer', userId: otherUserId, role: 'finance', invitationId },
  });
  const notOpen = refused('IDENTITY.INVITATION_NOT_OPEN');

  it('makes the person a member with the role, until the invitation ends', () => {
    given(...registered, invited(1, now + 1))
      .when(acceptInvitation, accept)
      .then(member);
    given(...registered, invited(1, now))
      .when(acceptInvitation, accept)
      .then(notOpen);
  });

  it('works once, and not after a withdrawal', () => {
    given(...registered, invited(1, now + 1), member)
      .when(acceptInvitation, accept)
      .then(notOpen);
    given(...registered, invited(1, now + 1), withdrawn(1))
      .when(acceptInvitation, accept)
      .then(notOpen);
  });

  it('is refused for the secret of another invitation', () =>
    given(...registered, invited(1, now + 1), invited(2, now + 1))
      .when(acceptInvitation, { ...accept, secretHash: invitationNumber(2).secretHash })
      .then(notOpen));

  it('forgets the person that the address would have been, where another one has it now', () =>
    given(...registered, invited(1, now + 1))
      .when(acceptInvitation, { ...accept, userId: 'usr_01jzz0000000000000000000c3' })
      .then({ ...member, data: { ...member.data, userId: 'usr_01jzz0000000000000000000c3' } }, withdrawn(1)));
});

describe('withdrawing an invitation', () => {
  const withdraw = { partyId: orgId, invitationId };

  it('ends it, also after its time', () =>
    given(...registered, invited(1, now))
      .when(withdrawInvitation, withdraw)
      .then(withdrawn(1)));

  it('is refused the second time', () =>
    given(...registered, invited(1, now), withdrawn(1))
      .when(withdrawInvitation, withdraw)
      .then(refused('IDENTITY.INVITATION_NOT_OPEN')));
});

describe('the owners of an organization', () => {
  const demote = { partyId: orgId, userId, role: 'viewer' as const };
  const end = { partyId: orgId, userId };
  const lastOwner = refused('IDENTITY.LAST_OWNER');

  it('begin with the person that registered it', () =>
    given(organizationRegistered).when(addOwner, end).then(joined(userId, 'owner')));

  it('are never none', () => {
    given(...registered, joined(otherUserId, 'admin'))
      .when(changeRole, demote)
      .then(lastOwner);
    given(...registered, joined(otherUserId, 'admin'))
      .when(endMembership, end)
      .then(lastOwner);
  });

  it('may go while there is another one', () => {
    const two = [...registered, joined(otherUserId, 'owner')];
    given(...two)
      .when(changeRole, demote)
      .then(RoleChanged(demote));
    given(...two)
      .when(endMembership, end)
      .then(MembershipEnded(end));
    given(...two, RoleChanged({ ...demote, userId: otherUserId }))
      .when(endMembership, end)
      .then(lastOwner);
    given(...two, MembershipEnded({ ...end, userId: otherUserId }))
      .when(changeRole, demote)
      .then(lastOwner);
  });
});
