import type { EventsOf, membershipEvents, Role } from '@tokengrid/contracts';

/** A person who acts for the party. */
export interface Member {
  readonly userId: string;
  readonly role: Role;
}

/** An invitation that was neither accepted nor withdrawn; it may have expired. */
export interface Invitation {
  readonly invitationId: string;
  readonly userId: string;
  readonly role: Role;
  /** Encrypted with the key of the person. */
  readonly email: string;
  readonly contactStreamId: string;
  readonly secretHash: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** People of a party, and those that may become one. */
export interface Memberships {
  readonly members: readonly Member[];
  readonly invitations: readonly Invitation[];
}

/** What an event about the people of a party changes. */
export function evolveMemberships(
  { members, invitations }: Memberships,
  event: EventsOf<typeof membershipEvents>,
): Partial<Memberships> {
  switch (event.type) {
    case 'PersonInvited': {
      const { invitationId, userId, role, email, contactStreamId, secretHash, expiresAt } = event.data;
      const ends = { expiresAt: Date.parse(expiresAt) };
      const added = { invitationId, userId, role, email, contactStreamId, secretHash, ...ends };
      return { invitations: [...invitations, added] };
    }
    case 'InvitationWithdrawn':
      return { invitations: without(invitations, event.data.invitationId) };
    case 'PersonJoined': {
      const { userId, role, invitationId } = event.data;
      return { members: [...members, { userId, role }], invitations: without(invitations, invitationId) };
    }
    case 'RoleChanged': {
      const { userId, role } = event.data;
      return { members: members.map((member) => (member.userId === userId ? { userId, role } : member)) };
    }
    case 'MembershipEnded': {
      const { userId: ended } = event.data;
      return { members: members.filter(({ userId }) => userId !== ended) };
    }
    case 'MembershipRefused':
      return {};
  }
}

const without = (invitations: readonly Invitation[], id: string | undefined) =>
  invitations.filter(({ invitationId }) => invitationId !== id);
