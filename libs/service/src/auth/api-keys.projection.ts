import type {
  AccessGrantEnded,
  AccessTokenRevoked,
  ApiKeyIssued,
  ApiKeyRevoked,
  ApiKeyRotated,
  ApiKeyShortened,
  EventOf,
  KeyHolderKind,
  KeyBudget,
  KeyRights,
  OauthClientDeleted,
  OauthClientRegistered,
  PartyReinstated,
  MembershipEnded,
  PartySuspended,
  PersonErased,
  PersonJoined,
  RoleChanged,
  SigningKeyPublished,
} from '@tokengrid/contracts';
import { identityCatalogue } from '@tokengrid/contracts';
import { holdsBack } from '@tokengrid/event-bus';
import type { Projection, SqlClient, SqlWriter } from '@tokengrid/event-store';
import type { ApiKeyRow, ApiKeyTable } from './api-keys.ts';
import type { KeyOrigin, Lineage } from './lineage.ts';
import { KeyOrigins } from './lineage.ts';
import { changing, erasing, type PeopleBatch, revocationOf, writePeople } from './people-events.ts';
import { insertRevokedTokens, insertTokenKeys, type Revocation } from './token-events.ts';

/** Latest state of keys and parties after a batch of identity's events. */
interface ApiKeyBatch extends PeopleBatch {
  readonly issued: Map<string, KeyToInsert>;
  /** New expiry times, ISO 8601, by key. */
  readonly ends: Map<string, string>;
  readonly revoked: Set<string>;
  readonly suspended: Map<string, boolean>;
  readonly tokenKeys: EventOf<typeof SigningKeyPublished>['data'][];
  readonly revokedTokens: Revocation[];
}

/** An issued key, or a client, which has no secret by which it could call. */
type KeyToInsert = Omit<EventOf<typeof ApiKeyIssued>['data'], 'secretHash' | 'name'> & {
  readonly secretHash: string | null;
};

type KeyEvent = EventOf<
  | typeof ApiKeyIssued
  | typeof ApiKeyRotated
  | typeof ApiKeyShortened
  | typeof ApiKeyRevoked
  | typeof PartySuspended
  | typeof PartyReinstated
  | typeof OauthClientRegistered
  | typeof OauthClientDeleted
  | typeof AccessTokenRevoked
  | typeof SigningKeyPublished
  | typeof PersonJoined
  | typeof RoleChanged
  | typeof MembershipEnded
  | typeof PersonErased
  | typeof AccessGrantEnded
>;

/**
 * Working keys and OAuth clients, kept in every service's own database: no service asks identity.
 */
export const apiKeys: Projection<KeyEvent, ApiKeyBatch> = {
  name: 'api-keys',
  tables: ['api_keys', 'suspended_parties', 'token_keys', 'revoked_tokens', 'party_people', 'erased_people'],
  streamsApart: true,
  begin: () => ({
    ...{ issued: new Map(), ends: new Map(), revoked: new Set(), suspended: new Map() },
    ...{ tokenKeys: [], revokedTokens: [], memberships: new Map(), erasedPeople: [] },
  }),
  on: {
    ApiKeyIssued: (batch, { data }) => void batch.issued.set(data.keyId, data),
    ApiKeyRotated: (batch, { data }) => ending(batch, data),
    ApiKeyShortened: (batch, { data }) => ending(batch, data),
    ApiKeyRevoked: (batch, { data }) => void batch.revoked.add(data.keyId),
    PartySuspended: (batch, { data }) => void batch.suspended.set(data.partyId, true),
    PartyReinstated: (batch, { data }) => void batch.suspended.set(data.partyId, false),
    OauthClientRegistered: (batch, { data: { clientId: keyId, partyId, partyKind, mintedBy, scopes } }) =>
      void batch.issued.set(keyId, { keyId, partyId, partyKind, mintedBy, scopes, secretHash: null, expiresAt: null }),
    OauthClientDeleted: (batch, { data }) => void batch.revoked.add(data.clientId),
    AccessTokenRevoked: (batch, { data, time }) => void batch.revokedTokens.push({ ...data, revokedAt: time }),
    SigningKeyPublished: (batch, { data }) => void batch.tokenKeys.push(data),
    PersonJoined: (batch, event) => changing(batch, event),
    RoleChanged: (batch, event) => changing(batch, event),
    MembershipEnded: (batch, event) => changing(batch, event),
    PersonErased: (batch, { data }) => erasing(batch, data),
    AccessGrantEnded: (batch, { data, time }) => void batch.revokedTokens.push(revocationOf(data, time)),
  },
  async flush(sql, batch) {
    if (batch.issued.size > 0) await insertKeys(sql, [...batch.issued.values()]);
    if (batch.ends.size > 0) await endKeys(sql, batch.ends);
    if (batch.revoked.size > 0) {
      await sql.query('update api_keys set revoked = true where key_id = any($1)', [[...batch.revoked]]);
    }
    if (batch.suspended.size > 0) await suspendParties(sql, batch.suspended);
    await insertTokenKeys(sql, batch.tokenKeys);
    await insertRevokedTokens(sql, batch.revokedTokens);
    await writePeople(sql, batch);
  },
};

/** The earlier of several ends holds; times of one form compare as texts. */
function ending({ ends }: ApiKeyBatch, { keyId, expiresAt }: { readonly keyId: string; readonly expiresAt: string }) {
  const before = ends.get(keyId);
  if (before === undefined || expiresAt < before) ends.set(keyId, expiresAt);
}

async function insertKeys(sql: SqlWriter, keys: readonly KeyToInsert[]) {
  // Scopes travel as JSON: Postgres has no arrays of arrays of different lengths.
  await sql.query(
    `insert into api_keys (key_id, party_id, party_kind, secret_hash, expires_at, minted_by, succeeds, parent, scopes,
       rights, budget)
     select k.key_id, k.party_id, k.party_kind, decode(k.secret_hash, 'hex'), k.expires_at,
            k.minted_by, k.succeeds, k.parent, array(select jsonb_array_elements_text(k.scopes)), k.rights, k.budget
     from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::text[],
       $8::text[], $9::jsonb[], $10::jsonb[], $11::jsonb[]) as k (key_id, party_id, party_kind, secret_hash, expires_at,
       minted_by, succeeds, parent, scopes, rights, budget)`,
    [
      keys.map((key) => key.keyId),
      keys.map((key) => key.partyId),
      keys.map((key) => key.partyKind),
      keys.map((key) => key.secretHash),
      keys.map((key) => key.expiresAt),
      keys.map((key) => key.mintedBy ?? null),
      keys.map((key) => key.succeeds ?? null),
      keys.map((key) => key.parent ?? null),
      keys.map((key) => JSON.stringify(key.scopes)),
      keys.map((key) => JSON.stringify(rightsOf(key))),
      keys.map(({ budget }) => (budget ? JSON.stringify(inDecimals(budget)) : null)),
    ],
  );
}

/** Limits of a key beside its scopes and its end. */
function rightsOf({ models, apps, requestsPerMinute, unitsPerMinute, streams }: KeyRights): KeyRights {
  return { models, apps, requestsPerMinute, unitsPerMinute, streams };
}

/** µAIT as decimal strings: JSON has no bigints. */
const inDecimals = (budget: KeyBudget) =>
  Object.fromEntries(Object.entries(budget).map(([window, tokens]) => [window, String(tokens)]));

/** Ends keys early: a rotation never extends a key. */
async function endKeys(sql: SqlWriter, ends: ReadonlyMap<string, string>): Promise<void> {
  await sql.query(
    `update api_keys set expires_at = least(api_keys.expires_at, rotated.expires_at)
     from unnest($1::text[], $2::timestamptz[]) as rotated (key_id, expires_at)
     where api_keys.key_id = rotated.key_id`,
    [[...ends.keys()], [...ends.values()]],
  );
}

async function suspendParties(sql: SqlWriter, parties: ReadonlyMap<string, boolean>): Promise<void> {
  const those = (suspended: boolean) => [...parties.keys()].filter((party) => parties.get(party) === suspended);
  await sql.query('delete from suspended_parties where party_id = any($1)', [those(false)]);
  await sql.query('insert into suspended_parties select unnest($1::text[]) on conflict do nothing', [those(true)]);
}

interface KeyRow {
  readonly secret_hash: string | null;
  readonly key_id: string;
  readonly party_id: string;
  readonly party_kind: KeyHolderKind;
  readonly scopes: string[];
  readonly rights: KeyRights;
  readonly expires_at: Date | null;
  readonly revoked: boolean;
  readonly suspended: boolean;
  readonly held_back: boolean;
  readonly has_origin: boolean;
}

/** SQL condition: a service other than identity can't read the events of one of some parties. */
export const isHeldBack = (parties?: string) => holdsBack(apiKeys.name, identityCatalogue, parties);

/**
 * Reason why a key missing from the table may be valid: a party whose events can't be read;
 * `undefined` if there is none.
 */
export async function whyKeysMayLack(sql: SqlClient): Promise<string | undefined> {
  const { rows } = await sql.query<{ held: boolean }>(`select ${isHeldBack()} as held`, []);
  return rows[0]!.held ? "events of API keys can't be read" : undefined;
}

/** Rows of the projection, for {@link ApiKeys}. */
export function postgresApiKeys(sql: SqlClient): ApiKeyTable {
  const ofHashes = "secret_hash = any(array(select decode(hash, 'hex') from unnest($1::text[]) as hash))";
  return { find: (secretHashes) => rowsWhere(sql, ofHashes, secretHashes) };
}

/** OAuth clients by id; unknown ones, and API keys, are absent. */
export async function clientsIn(sql: SqlClient, clientIds: readonly string[]): Promise<ReadonlyMap<string, ApiKeyRow>> {
  const rows = await rowsWhere(sql, 'secret_hash is null and key_id = any($1::text[])', clientIds);
  return new Map(rows.map((row) => [row.keyId, row]));
}

/** @param condition of the parameter `$1`, the values */
async function rowsWhere(sql: SqlClient, condition: string, values: readonly string[]): Promise<ApiKeyRow[]> {
  const { rows } = await sql.query<KeyRow>(
    `select encode(secret_hash, 'hex') as secret_hash, key_id, party_id, party_kind, scopes, rights, expires_at, revoked,
            exists (select from suspended_parties where party_id = api_keys.party_id) as suspended,
            ${isHeldBack('party_id')} as held_back,
            minted_by is not null or succeeds is not null or ${hasLimits} or budget is not null
              or exists (select from api_keys successor where successor.succeeds = api_keys.key_id) as has_origin
     from api_keys where ${condition}`,
    [values],
  );
  const descended = rows.filter((row) => row.has_origin).map((row) => row.key_id);
  const origins = await originsOf(sql, descended);
  return rows.map((row) => apiKeyRow(row, origins.lineageOf(row.key_id)));
}

/** Condition for a key with limits per minute or at once. */
const hasLimits = `rights ?| array['requestsPerMinute', 'unitsPerMinute', 'streams']`;

/** Origins of keys, of their ancestors, and of the ancestors' successors. */
async function originsOf(sql: SqlClient, keyIds: readonly string[]): Promise<KeyOrigins> {
  if (keyIds.length === 0) return new KeyOrigins([]);
  const { rows } = await sql.query<KeyOrigin>(
    `with recursive before as (
       select key_id, succeeds, minted_by, rights, budget from api_keys where key_id = any($1)
       union
       select key.key_id, key.succeeds, key.minted_by, key.rights, key.budget
       from before cross join lateral unnest(array[before.succeeds, before.minted_by]) as origin (key_id)
       join api_keys key on key.key_id = origin.key_id
     ), line as (
       select * from before
       union
       select key.key_id, key.succeeds, key.minted_by, key.rights, key.budget
       from line join api_keys key on key.succeeds = line.key_id
     )
     select key_id as "keyId", succeeds, minted_by as "mintedBy",
       case when ${hasLimits} then rights - 'models' - 'apps' end as limits, budget
     from line`,
    [keyIds],
  );
  return new KeyOrigins(rows);
}

/** Look-up of keys by id, for services that receive a key's id instead of its secret. */
export interface KnownKeys {
  /** Owner and ancestors of each key; unknown keys are absent. */
  find(keyIds: readonly string[]): Promise<ReadonlyMap<string, KnownKey>>;
}

export interface KnownKey extends Lineage {
  readonly partyId: string;
}

/**
 * Look-up of the projection's keys by id. Ended keys are included: their past use still belongs to
 * them.
 */
export function knownKeys(sql: SqlClient): KnownKeys {
  return {
    find: async (keyIds) => {
      const { rows } = await sql.query<Pick<KeyRow, 'key_id' | 'party_id'>>(
        'select key_id, party_id from api_keys where key_id = any($1)',
        [keyIds],
      );
      const ids = rows.map((row) => row.key_id);
      const origins = await originsOf(sql, ids);
      return new Map(rows.map((row) => [row.key_id, { partyId: row.party_id, ...origins.lineageOf(row.key_id) }]));
    },
  };
}

function apiKeyRow(row: KeyRow, lineage: Lineage): ApiKeyRow {
  return {
    secretHash: row.secret_hash,
    keyId: row.key_id,
    partyId: row.party_id,
    partyKind: row.party_kind,
    scopes: row.scopes,
    rights: row.rights,
    expiresAt: row.expires_at === null ? null : row.expires_at.getTime(),
    revoked: row.revoked,
    suspended: row.suspended,
    ...(row.held_back && { isHeldBack: true }),
    lineage,
  };
}
