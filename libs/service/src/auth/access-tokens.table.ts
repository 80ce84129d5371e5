import type { SqlClient } from '@tokengrid/event-store';
import type { AccessTokenTable, MembershipState, PersonNames, TokenKey } from './access-tokens.ts';
import { clientsIn, isHeldBack } from './api-keys.projection.ts';
import type { KeyHolderKind, Role } from '@tokengrid/contracts';

interface KeyRow {
  readonly key_id: string;
  readonly issuer: string;
  readonly public_key: TokenKey['publicKey'];
  readonly expires_at: Date;
}

/** Rows of the projection `api-keys`, for access tokens. */
export function postgresAccessTokens(sql: SqlClient): AccessTokenTable {
  return {
    find: async (tokens) => {
      const people = tokens.flatMap(({ person }) => person ?? []);
      const [keys, clients, revoked, memberships] = await Promise.all([
        keysIn(
          sql,
          tokens.map(({ keyId }) => keyId),
        ),
        clientsIn(
          sql,
          tokens.map(({ clientId }) => clientId),
        ),
        revokedIn(
          sql,
          tokens.flatMap(({ tokenId, person }) => [tokenId, ...(person ? [person.grantId] : [])]),
        ),
        membershipsIn(sql, people),
      ]);
      return tokens.map(({ keyId, clientId, tokenId, person }) => ({
        ...{ key: keys.get(keyId), client: clients.get(clientId) },
        isRevoked: revoked.has(tokenId) || (person !== undefined && revoked.has(person.grantId)),
        membership: person && memberships.get(nameOf(person)),
      }));
    },
  };
}

interface MembershipRow {
  readonly party_id: string;
  readonly user_id: string;
  readonly party_kind: KeyHolderKind;
  readonly role: Role;
  readonly suspended: boolean;
  readonly erased: boolean;
  readonly held_back: boolean;
}

const nameOf = ({ partyId, userId }: PersonNames): string => `${partyId} ${userId}`;

/** Memberships by party and person. */
async function membershipsIn(
  sql: SqlClient,
  people: readonly PersonNames[],
): Promise<ReadonlyMap<string, MembershipState>> {
  if (people.length === 0) return new Map();
  const { rows } = await sql.query<MembershipRow>(
    `select party_id, user_id, party_kind, role,
            exists (select from suspended_parties where party_id = party_people.party_id) as suspended,
            exists (select from erased_people where user_id = party_people.user_id) as erased,
            ${isHeldBack('party_people.party_id, party_people.user_id')} as held_back
     from party_people join unnest($1::text[], $2::text[]) as asked (party_id, user_id) using (party_id, user_id)`,
    [people.map(({ partyId }) => partyId), people.map(({ userId }) => userId)],
  );
  return new Map(
    rows.map(({ party_id: partyId, user_id: userId, party_kind: partyKind, role, suspended, erased, held_back }) => [
      nameOf({ partyId, userId, grantId: '' }),
      { partyKind, role, isSuspended: suspended, isErased: erased, isHeldBack: held_back },
    ]),
  );
}

async function keysIn(sql: SqlClient, keyIds: readonly string[]): Promise<ReadonlyMap<string, TokenKey>> {
  const { rows } = await sql.query<KeyRow>(
    'select key_id, issuer, public_key, expires_at from token_keys where key_id = any($1)',
    [keyIds],
  );
  return new Map(
    rows.map(({ key_id: keyId, issuer, public_key: publicKey, expires_at: end }) => [
      keyId,
      { issuer, publicKey, expiresAt: end.getTime() },
    ]),
  );
}

async function revokedIn(sql: SqlClient, tokenIds: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await sql.query<{ readonly token_id: string }>(
    'select token_id from revoked_tokens where token_id = any($1)',
    [tokenIds],
  );
  return new Set(rows.map(({ token_id: tokenId }) => tokenId));
}
