import type { SqlClient } from '@tokengrid/event-store';
import type { AccessTokenTable, TokenKey } from './access-tokens.ts';
import { clientsIn } from './api-keys.projection.ts';

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
      const [keys, clients, revoked] = await Promise.all([
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
          tokens.map(({ tokenId }) => tokenId),
        ),
      ]);
      return tokens.map(({ keyId, clientId, tokenId }) => ({
        ...{ key: keys.get(keyId), client: clients.get(clientId), isRevoked: revoked.has(tokenId) },
      }));
    },
  };
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
