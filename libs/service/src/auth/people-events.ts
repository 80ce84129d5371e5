import type {
  AccessGrantEnded,
  EventOf,
  MembershipEnded,
  PersonErased,
  PersonJoined,
  RoleChanged,
} from '@tokengrid/contracts';
import type { SqlWriter } from '@tokengrid/event-store';
import type { Revocation } from './token-events.ts';

/** A membership after a batch; without a role it has ended. */
interface MembershipChange {
  readonly partyId: string;
  readonly userId: string;
  /** Absent for a change of a role. */
  readonly partyKind?: string;
  readonly role: string | null;
}

/** Last state of memberships in a batch, by party and person, and people who were erased. */
export interface PeopleBatch {
  readonly memberships: Map<string, MembershipChange>;
  readonly erasedPeople: string[];
}

type Membership = EventOf<typeof PersonJoined | typeof RoleChanged | typeof MembershipEnded>;

/** Adds a change of a membership. */
export function changing({ memberships }: PeopleBatch, { type, data }: Membership): void {
  const key = `${data.partyId} ${data.userId}`;
  const kind = type === 'PersonJoined' ? data.partyKind : memberships.get(key)?.partyKind;
  const { partyId, userId } = data;
  const role = type === 'MembershipEnded' ? null : data.role;
  memberships.set(key, { partyId, userId, role, ...(kind !== undefined && { partyKind: kind }) });
}

/** Adds an erased person. */
export function erasing({ erasedPeople }: PeopleBatch, { userId }: EventOf<typeof PersonErased>['data']): void {
  erasedPeople.push(userId);
}

/** The end of a grant, as a revocation of what its tokens name. */
export const revocationOf = (
  { grantId, clientId, userId, expiresAt }: EventOf<typeof AccessGrantEnded>['data'],
  revokedAt: number,
): Revocation => ({ tokenId: grantId, clientId, partyId: userId, expiresAt, revokedAt });

/** Writes memberships and erasures. */
export async function writePeople(sql: SqlWriter, { memberships, erasedPeople }: PeopleBatch): Promise<void> {
  const changes = [...memberships.values()];
  const isEnd = ({ role }: MembershipChange) => role === null;
  const isNew = ({ role, partyKind }: MembershipChange) => role !== null && partyKind !== undefined;
  const isRole = ({ role, partyKind }: MembershipChange) => role !== null && partyKind === undefined;
  await deleteMemberships(sql, changes.filter(isEnd));
  await insertMemberships(sql, changes.filter(isNew));
  await updateRoles(sql, changes.filter(isRole));
  if (erasedPeople.length > 0) {
    await sql.query('insert into erased_people select unnest($1::text[]) on conflict do nothing', [erasedPeople]);
  }
}

async function deleteMemberships(sql: SqlWriter, ended: readonly MembershipChange[]): Promise<void> {
  if (ended.length === 0) return;
  await sql.query(
    `delete from party_people using unnest($1::text[], $2::text[]) as ended (party_id, user_id)
     where party_people.party_id = ended.party_id and party_people.user_id = ended.user_id`,
    namesOf(ended),
  );
}

async function insertMemberships(sql: SqlWriter, joined: readonly MembershipChange[]): Promise<void> {
  if (joined.length === 0) return;
  await sql.query(
    `insert into party_people (party_id, user_id, party_kind, role)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::text[])
     on conflict (party_id, user_id) do update set party_kind = excluded.party_kind, role = excluded.role`,
    [...namesOf(joined), joined.map(({ partyKind }) => partyKind), joined.map(({ role }) => role)],
  );
}

async function updateRoles(sql: SqlWriter, changed: readonly MembershipChange[]): Promise<void> {
  if (changed.length === 0) return;
  await sql.query(
    `update party_people set role = changed.role
     from unnest($1::text[], $2::text[], $3::text[]) as changed (party_id, user_id, role)
     where party_people.party_id = changed.party_id and party_people.user_id = changed.user_id`,
    [...namesOf(changed), changed.map(({ role }) => role)],
  );
}

const namesOf = (changes: readonly MembershipChange[]): [string[], string[]] => [
  changes.map(({ partyId }) => partyId),
  changes.map(({ userId }) => userId),
];
