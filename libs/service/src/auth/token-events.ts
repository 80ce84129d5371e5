import type { AccessTokenRevoked, EventOf, SigningKeyPublished } from '@tokengrid/contracts';
import type { SqlWriter } from '@tokengrid/event-store';

type Published = EventOf<typeof SigningKeyPublished>['data'];
type Revoked = EventOf<typeof AccessTokenRevoked>['data'];

/** Inserts published signing keys. */
export async function insertTokenKeys(sql: SqlWriter, keys: readonly Published[]): Promise<void> {
  if (keys.length === 0) return;
  await sql.query(
    `insert into token_keys (key_id, issuer, public_key, expires_at)
     select * from unnest($1::text[], $2::text[], $3::jsonb[], $4::timestamptz[])`,
    [
      keys.map(({ keyId }) => keyId),
      keys.map(({ issuer }) => issuer),
      keys.map(({ publicKey }) => JSON.stringify(publicKey)),
      keys.map(({ expiresAt }) => expiresAt),
    ],
  );
}

/** A revocation, with the time at which it was decided. */
export interface Revocation extends Revoked {
  /** Epoch milliseconds. */
  readonly revokedAt: number;
}

/**
 * Inserts revoked tokens. A party's tokens that had ended when its last one was revoked are
 * removed: a rule of the events alone, so that a rebuilt table has the same rows.
 */
export async function insertRevokedTokens(sql: SqlWriter, revoked: readonly Revocation[]): Promise<void> {
  if (revoked.length === 0) return;
  await sql.query(
    `insert into revoked_tokens (token_id, party_id, expires_at)
     select * from unnest($1::text[], $2::text[], $3::timestamptz[]) on conflict (token_id) do nothing`,
    [
      revoked.map(({ tokenId }) => tokenId),
      revoked.map(({ partyId }) => partyId),
      revoked.map(({ expiresAt }) => expiresAt),
    ],
  );
  const last = new Map(revoked.map(({ partyId, revokedAt }) => [partyId, revokedAt]));
  await sql.query(
    `delete from revoked_tokens using unnest($1::text[], $2::float8[]) as last (party_id, revoked_at)
     where revoked_tokens.party_id = last.party_id
       and revoked_tokens.expires_at <= to_timestamp(last.revoked_at / 1000)`,
    [[...last.keys()], [...last.values()]],
  );
}
