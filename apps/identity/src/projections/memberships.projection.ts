import type { EventOf, EventsOf, membershipEvents, PersonInvited, PersonJoined } from '@tokengrid/contracts';
import type { Projection, SqlWriter } from '@tokengrid/event-store';

type Invited = EventOf<typeof PersonInvited>['data'];
/** `joinedAt`: epoch milliseconds. */
type Joined = EventOf<typeof PersonJoined>['data'] & { readonly joinedAt: number };

/** Changes in the order of their events: a person may leave and join again in one batch. */
type Batch = ((sql: SqlWriter, lane: number) => Promise<unknown>)[];

/** All members of parties, and their open invitations. */
export const memberships: Projection<EventsOf<typeof membershipEvents>, Batch> = {
  name: 'memberships',
  tables: ['memberships', 'invitations'],
  begin: () => [],
  on: {
    PersonInvited: (batch, { data }) => void batch.push((sql, lane) => insertInvitation(sql, lane, data)),
    InvitationWithdrawn: (batch, { data }) =>
      void batch.push((sql, lane) => deleteInvitation(sql, lane, data.invitationId)),
    PersonJoined: (batch, { data, time }) =>
      void batch.push((sql, lane) => insertMember(sql, lane, { ...data, joinedAt: time })),
    RoleChanged: (batch, { data: { partyId, userId, role } }) =>
      void batch.push((sql, lane) =>
        sql.query('update memberships set role = $4 where lane = $1 and party_id = $2 and user_id = $3', [
          lane,
          partyId,
          userId,
          role,
        ]),
      ),
    MembershipEnded: (batch, { data: { partyId, userId } }) =>
      void batch.push((sql, lane) =>
        sql.query('delete from memberships where lane = $1 and party_id = $2 and user_id = $3', [
          lane,
          partyId,
          userId,
        ]),
      ),
    MembershipRefused: 'ignored',
  },
  async flush(sql, batch, lane) {
    for (const change of batch) await change(sql, lane);
  },
};

async function insertInvitation(sql: SqlWriter, lane: number, invited: Invited): Promise<void> {
  const { invitationId, partyId, userId, role, email, invitedBy, expiresAt } = invited;
  await sql.query(
    `insert into invitations (lane, invitation_id, party_id, user_id, role, email, invited_by, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [lane, invitationId, partyId, userId, role, email, invitedBy, Date.parse(expiresAt)],
  );
}

async function deleteInvitation(sql: SqlWriter, lane: number, invitationId: string): Promise<void> {
  await sql.query('delete from invitations where lane = $1 and invitation_id = $2', [lane, invitationId]);
}

async function insertMember(sql: SqlWriter, lane: number, joined: Joined): Promise<void> {
  const { partyId, userId, partyKind, role, invitationId, joinedAt } = joined;
  await sql.query(
    `insert into memberships (lane, party_id, user_id, party_kind, role, joined_at) values ($1, $2, $3, $4, $5, $6)`,
    [lane, partyId, userId, partyKind, role, joinedAt],
  );
  if (invitationId !== undefined) await deleteInvitation(sql, lane, invitationId);
}
