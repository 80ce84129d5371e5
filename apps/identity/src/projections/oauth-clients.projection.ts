import type { EventOf, EventsOf, OauthClientRegistered, oauthClientEvents } from '@tokengrid/contracts';
import type { Projection, SqlWriter } from '@tokengrid/event-store';

interface Registered {
  readonly data: EventOf<typeof OauthClientRegistered>['data'];
  /** Epoch milliseconds. */
  readonly time: number;
}

interface Rotated {
  readonly clientId: string;
  readonly secretHash: string;
  /** End of the earlier secret, epoch milliseconds. */
  readonly earlierUntil: number;
}

interface Batch {
  readonly registered: Registered[];
  /** In their order: each one's earlier secret is that of the one before. */
  readonly rotated: Rotated[];
  readonly deleted: string[];
}

/** All OAuth clients, deleted ones included. */
export const oauthClients: Projection<EventsOf<typeof oauthClientEvents>, Batch> = {
  name: 'oauth-clients',
  tables: ['oauth_clients'],
  begin: () => ({ registered: [], rotated: [], deleted: [] }),
  on: {
    OauthClientRegistered: (batch, { data, time }) => void batch.registered.push({ data, time }),
    OauthClientSecretRotated: (batch, { data: { clientId, secretHash, expiresAt } }) =>
      void batch.rotated.push({ clientId, secretHash, earlierUntil: Date.parse(expiresAt) }),
    OauthClientDeleted: (batch, { data }) => void batch.deleted.push(data.clientId),
    AccessTokenRevoked: 'ignored',
    OauthClientRefused: 'ignored',
  },
  async flush(sql, { registered, rotated, deleted }, lane) {
    if (registered.length > 0) await insertClients(sql, lane, registered);
    for (const { clientId, secretHash, earlierUntil } of rotated) {
      await sql.query(
        `update oauth_clients set earlier_hash = secret_hash, earlier_until = $4, secret_hash = $3
         where lane = $1 and client_id = $2`,
        [lane, clientId, secretHash, earlierUntil],
      );
    }
    if (deleted.length > 0) {
      await sql.query('update oauth_clients set deleted = true where lane = $1 and client_id = any($2::text[])', [
        lane,
        deleted,
      ]);
    }
  },
};

/** Inserts clients. Scopes go as JSON: Postgres has no arrays of arrays of different lengths. */
async function insertClients(sql: SqlWriter, lane: number, clients: readonly Registered[]): Promise<void> {
  await sql.query(
    `insert into oauth_clients (lane, client_id, party_id, name, scopes, minted_by, registered_at, secret_hash,
       public_keys, redirect_uris, deleted)
     select $10::int, client_id, party_id, name, array(select jsonb_array_elements_text(scopes)), minted_by,
       registered_at, secret_hash, public_keys,
       case when redirect_uris is not null then array(select jsonb_array_elements_text(redirect_uris)) end, false
     from unnest($1::text[], $2::text[], $3::text[], $4::jsonb[], $5::text[], $6::bigint[], $7::text[], $8::jsonb[],
       $9::jsonb[])
       as new (client_id, party_id, name, scopes, minted_by, registered_at, secret_hash, public_keys, redirect_uris)`,
    [
      clients.map(({ data }) => data.clientId),
      clients.map(({ data }) => data.partyId),
      clients.map(({ data }) => data.name),
      clients.map(({ data }) => JSON.stringify(data.scopes)),
      clients.map(({ data }) => data.mintedBy),
      clients.map(({ time }) => time),
      clients.map(({ data }) => data.secretHash ?? null),
      clients.map(({ data }) => (data.publicKeys ? JSON.stringify(data.publicKeys) : null)),
      clients.map(({ data }) => (data.redirectUris ? JSON.stringify(data.redirectUris) : null)),
      lane,
    ],
  );
}
