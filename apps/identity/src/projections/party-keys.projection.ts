import type { apiKeyEvents, EventsOf } from '@tokengrid/contracts';
import type { Projection, SqlWriter } from '@tokengrid/event-store';
import type { PartyKeyRow } from './party-keys.table.ts';
import { statedLimits } from './stated-limits.ts';

/** Changes of a rotated key. */
interface Rotated {
  readonly successorId: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

interface Batch {
  readonly issued: PartyKeyRow[];
  /** By rotated key. */
  readonly rotated: Map<string, Rotated>;
  /** Ends of keys that end earlier than they were to, epoch milliseconds, by key. */
  readonly shortened: Map<string, number>;
  readonly revoked: string[];
}

/** All API keys, ended ones included. */
export const partyKeys: Projection<EventsOf<typeof apiKeyEvents>, Batch> = {
  name: 'party-keys',
  tables: ['party_keys'],
  begin: () => ({ issued: [], rotated: new Map(), shortened: new Map(), revoked: [] }),
  on: {
    ApiKeyIssued: (batch, { data, lane, time }) => {
      const { keyId, partyId, mintedBy, succeeds, parent, name, scopes, expiresAt } = data;
      batch.issued.push({
        lane,
        keyId,
        partyId,
        name,
        scopes,
        issuedAt: time,
        expiresAt: expiresAt === null ? null : Date.parse(expiresAt),
        // A key that requests its own successor counts as its requester.
        mintedBy: mintedBy ?? succeeds ?? null,
        successorId: null,
        parent: parent ?? null,
        limits: statedLimits(data),
        revoked: false,
      });
    },
    ApiKeyRotated: (batch, { data: { keyId, newKeyId, expiresAt } }) =>
      void batch.rotated.set(keyId, { successorId: newKeyId, expiresAt: Date.parse(expiresAt) }),
    ApiKeyShortened: (batch, { data: { keyId, expiresAt } }) => void batch.shortened.set(keyId, Date.parse(expiresAt)),
    ApiKeyRevoked: (batch, { data }) => void batch.revoked.push(data.keyId),
    ApiKeyRefused: 'ignored',
  },
  async flush(sql, { issued, rotated, shortened, revoked }, lane) {
    if (issued.length > 0) await insertKeys(sql, lane, issued);
    if (rotated.size > 0) {
      const changes = [...rotated.values()];
      await sql.query(
        `update party_keys set successor_id = changed.successor_id, expires_at = changed.expires_at
         from unnest($1::text[], $2::text[], $3::bigint[]) as changed (key_id, successor_id, expires_at)
         where party_keys.lane = $4 and party_keys.key_id = changed.key_id`,
        [
          [...rotated.keys()],
          changes.map(({ successorId }) => successorId),
          changes.map(({ expiresAt }) => expiresAt),
          lane,
        ],
      );
    }
    if (shortened.size > 0) {
      await sql.query(
        `update party_keys set expires_at = least(party_keys.expires_at, changed.expires_at)
         from unnest($1::text[], $2::bigint[]) as changed (key_id, expires_at)
         where party_keys.lane = $3 and party_keys.key_id = changed.key_id`,
        [[...shortened.keys()], [...shortened.values()], lane],
      );
    }
    if (revoked.length > 0) {
      await sql.query('update party_keys set revoked = true where lane = $1 and key_id = any($2::text[])', [
        lane,
        revoked,
      ]);
    }
  },
};

/** Inserts keys. Scopes go as JSON: Postgres has no arrays of arrays of different lengths. */
async function insertKeys(sql: SqlWriter, lane: number, rows: readonly PartyKeyRow[]): Promise<void> {
  await sql.query(
    `insert into party_keys (lane, key_id, party_id, name, scopes, issued_at, expires_at, minted_by, parent, limits, revoked)
     select $10::int, key_id, party_id, name, array(select jsonb_array_elements_text(scopes)), issued_at, expires_at,
       minted_by, parent, limits, false
     from unnest($1::text[], $2::text[], $3::text[], $4::jsonb[], $5::bigint[], $6::bigint[], $7::text[], $8::text[],
       $9::jsonb[]) as new (key_id, party_id, name, scopes, issued_at, expires_at, minted_by, parent, limits)`,
    [
      rows.map(({ keyId }) => keyId),
      rows.map(({ partyId }) => partyId),
      rows.map(({ name }) => name),
      rows.map(({ scopes }) => JSON.stringify(scopes)),
      rows.map(({ issuedAt }) => issuedAt),
      rows.map(({ expiresAt }) => expiresAt),
      rows.map(({ mintedBy }) => mintedBy),
      rows.map(({ parent }) => parent),
      rows.map(({ limits }) => JSON.stringify(limits)),
      lane,
    ],
  );
}
