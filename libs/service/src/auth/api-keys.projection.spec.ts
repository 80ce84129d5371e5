import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  AccessGrantEnded,
  ApiKeyIssued,
  ApiKeyRevoked,
  ApiKeyRotated,
  ApiKeyShortened,
  instantOf,
  PartyReinstated,
  MembershipEnded,
  PersonErased,
  PersonJoined,
  RoleChanged,
  PartySuspended,
} from '@tokengrid/contracts';
import type { EventOf, IdentityEvent } from '@tokengrid/contracts';
import { eventStoreMigrations, type Projection } from '@tokengrid/event-store';
import type { DomainEvent, EventPosition } from '@tokengrid/kernel';
import { type BorrowedPostgres, borrowPostgres } from '@tokengrid/infra-local/testing';
import { pino } from 'pino';
import type { DataSource } from 'typeorm';
import { baseConfig } from '../config/base-config.ts';
import { readConfig } from '../config/read-config.ts';
import { openDatabase, poolOf } from '../postgres/database.ts';
import { postgresAccessTokens } from './access-tokens.table.ts';
import { AccessTokens1764000000002 } from './access-tokens.migration.ts';
import { PeopleOfParties1764000000003 } from './people.migration.ts';
import { ApiKeys1764000000001 } from './api-keys.migration.ts';
import { apiKeys, knownKeys, postgresApiKeys } from './api-keys.projection.ts';

let postgres: BorrowedPostgres;
let dataSource: DataSource;

beforeAll(async () => {
  postgres = await borrowPostgres('wallet');
  const open = () =>
    openDatabase({
      name: 'wallet',
      config: readConfig(baseConfig, {
        PORT: '0',
        DATABASE_URL: postgres.url('wallet'),
        KAFKA_BROKERS: 'nowhere:1',
        OPERATOR_API_KEY: 'tg_operator_specimen',
        INPUT_HASH_KEY: 'input-hash-key-of-specs',
        DRAIN_MS: '0',
      }),
      migrations: [
        ...eventStoreMigrations,
        ApiKeys1764000000001,
        AccessTokens1764000000002,
        PeopleOfParties1764000000003,
      ],
      entities: [],
      log: pino({ level: 'silent' }),
    });
  // Instances of a service that start together migrate one after another, under a lock; all of them
  // open.
  const [first, ...others] = await Promise.all([open(), open(), open(), open()]);
  await Promise.all(others.map((other) => other.destroy()));
  dataSource = first!;
}, 120_000);

afterAll(async () => {
  await dataSource?.destroy();
  await postgres?.stop();
});

const hashOf = (keyId: string) => Buffer.from(keyId.padEnd(32)).toString('hex');
const later = Date.UTC(2040, 0, 1);
const soon = Date.UTC(2030, 0, 1);

const issued = (
  keyId: string,
  partyId: string,
  scopes: string[],
  expiresAt: number | null = null,
  origin: Partial<EventOf<typeof ApiKeyIssued>['data']> = {},
) =>
  ApiKeyIssued({
    ...origin,
    keyId,
    partyId,
    partyKind: 'developer',
    name: 'a key',
    secretHash: hashOf(keyId),
    scopes,
    expiresAt: expiresAt === null ? null : instantOf(expiresAt),
  });

const collectors = apiKeys.on as unknown as Projection<DomainEvent, unknown>['on'];

/** Applies events as one batch. */
async function apply(...events: IdentityEvent[]): Promise<void> {
  const batch = apiKeys.begin();
  for (const event of events) {
    const handle = collectors[event.type];
    if (typeof handle === 'function') handle(batch, { ...event, ...({} as EventPosition) });
  }
  await apiKeys.flush(poolOf(dataSource) as never, batch, 0);
}

const find = (...keyIds: string[]) => postgresApiKeys(poolOf(dataSource) as never).find(keyIds.map(hashOf));

describe('the API keys in Postgres', () => {
  it('are those that were issued, each with its own scopes and end', async () => {
    await apply(
      issued('key_1', 'org_1', ['a', 'b']),
      issued('key_2', 'org_1', [], later),
      issued('key_3', 'org_2', ['c']),
    );
    const rows = await find('key_1', 'key_2', 'key_unknown');
    const usual = { partyId: 'org_1', partyKind: 'developer', rights: {}, revoked: false, suspended: false };
    const lineage = (keyId: string) => ({ people: [keyId], line: [keyId], limited: [], budgeted: [] });
    expect([...rows].sort((a, b) => (a.keyId < b.keyId ? -1 : 1))).toEqual([
      {
        ...usual,
        secretHash: hashOf('key_1'),
        keyId: 'key_1',
        scopes: ['a', 'b'],
        expiresAt: null,
        lineage: lineage('key_1'),
      },
      {
        ...usual,
        secretHash: hashOf('key_2'),
        keyId: 'key_2',
        scopes: [],
        expiresAt: later,
        lineage: lineage('key_2'),
      },
    ]);
  });

  it('end when their overlap does, once rotated, and never later than before', async () => {
    await apply(issued('key_4', 'org_3', []), issued('key_5', 'org_3', [], soon));
    await apply(
      ApiKeyRotated({ keyId: 'key_4', partyId: 'org_3', newKeyId: 'key_6', expiresAt: instantOf(soon) }),
      ApiKeyRotated({ keyId: 'key_5', partyId: 'org_3', newKeyId: 'key_7', expiresAt: instantOf(later) }),
    );
    expect((await find('key_4', 'key_5')).map((row) => row.expiresAt)).toEqual([soon, soon]);
  });

  it('end as early as any event says, whichever comes last', async () => {
    const ends = { partyId: 'org_3', newKeyId: 'key_6' };
    await apply(
      issued('key_s', 'org_3', []),
      ApiKeyShortened({ keyId: 'key_s', partyId: 'org_3', expiresAt: instantOf(soon) }),
      ApiKeyRotated({ keyId: 'key_s', ...ends, expiresAt: instantOf(later) }),
    );
    expect((await find('key_s')).map((row) => row.expiresAt)).toEqual([soon]);
  });

  it('have their limits, and those of all people that they go back to', async () => {
    const rights = { models: ['a*'], apps: [], requestsPerMinute: 60, streams: 2 };
    const limits = { requestsPerMinute: 60, streams: 2 };
    await apply(
      issued('key_l', 'org_9', [], null, rights),
      issued('key_l2', 'org_9', [], null, { ...rights, succeeds: 'key_l' }),
      issued('key_m', 'org_9', [], null, { mintedBy: 'key_l2', parent: 'key_l2', models: ['ab'], unitsPerMinute: 9 }),
      issued('key_n', 'org_9', [], null, { mintedBy: 'key_m', budget: { total: 10n ** 30n } }),
    );
    const rows = new Map((await find('key_l', 'key_l2', 'key_m', 'key_n')).map((row) => [row.keyId, row]));
    const ofL = { person: 'key_l', limits };
    const ofM = { person: 'key_m', limits: { unitsPerMinute: 9 } };
    expect(Array.from(rows, ([keyId, row]) => [keyId, row.rights, row.lineage.limited])).toEqual([
      ['key_l', rights, [ofL]],
      ['key_l2', rights, [ofL]],
      ['key_m', { models: ['ab'], unitsPerMinute: 9 }, [ofM, ofL]],
      ['key_n', {}, [ofM, ofL]],
    ]);
    const budgeted = [{ keyId: 'key_n', budget: { total: 10n ** 30n } }];
    expect(Array.from(rows.values(), ({ lineage }) => lineage.budgeted)).toEqual([[], [], [], budgeted]);
  });

  it('are revoked, in the batch that issued them too', async () => {
    await apply(issued('key_8', 'org_4', []), ApiKeyRevoked({ keyId: 'key_8', partyId: 'org_4' }));
    expect(await find('key_8')).toMatchObject([{ revoked: true }]);
  });

  it('are suspended with their party, whichever is known first, until it is reinstated', async () => {
    await apply(PartySuspended({ partyId: 'org_5' }));
    await apply(issued('key_9', 'org_5', []));
    expect(await find('key_9')).toMatchObject([{ suspended: true }]);
    await apply(
      PartyReinstated({ partyId: 'org_5' }),
      PartySuspended({ partyId: 'org_5' }),
      PartySuspended({ partyId: 'org_6' }),
    );
    expect(await find('key_9')).toMatchObject([{ suspended: true }]);
    await apply(PartyReinstated({ partyId: 'org_5' }));
    expect(await find('key_9')).toMatchObject([{ suspended: false }]);
  });

  it('know what they go back to, and are found by their ids', async () => {
    await apply(
      issued('key_a', 'org_7', []),
      issued('key_b', 'org_7', [], null, { mintedBy: 'key_a' }),
      issued('key_b2', 'org_7', [], null, { succeeds: 'key_b', mintedBy: 'key_a' }),
      issued('key_c', 'org_7', [], null, { mintedBy: 'key_b' }),
      issued('key_d', 'org_8', [], null, { mintedBy: 'key_unknown' }),
    );
    const lineages = {
      key_a: { people: ['key_a'], line: ['key_a'], limited: [], budgeted: [] },
      key_b2: { people: ['key_b', 'key_a'], line: ['key_b2', 'key_b', 'key_a'], limited: [], budgeted: [] },
      key_c: {
        people: ['key_c', 'key_b', 'key_a'],
        line: ['key_c', 'key_b', 'key_a', 'key_b2'],
        limited: [],
        budgeted: [],
      },
      key_d: { people: ['key_d', 'key_unknown'], line: ['key_d', 'key_unknown'], limited: [], budgeted: [] },
    };
    const rows = await find(...Object.keys(lineages));
    expect(Object.fromEntries(rows.map(({ keyId, lineage }) => [keyId, lineage]))).toEqual(lineages);
    const known = await knownKeys(poolOf(dataSource) as never).find(['key_c', 'key_nobody']);
    expect([...known]).toEqual([['key_c', { partyId: 'org_7', ...lineages.key_c }]]);
  });
});

describe('the people of parties in Postgres', () => {
  const names = { keyId: 'kid', clientId: 'cli', tokenId: 'jti' };
  const person = { userId: 'usr_1', partyId: 'org_7', grantId: 'grant_7' };
  const state = async () => (await postgresAccessTokens(poolOf(dataSource) as never).find([{ ...names, person }]))[0];
  const member = { partyId: 'org_7', userId: 'usr_1' };
  const well = { isSuspended: false, isErased: false, isHeldBack: false };

  it('have the role of their last event, in one batch or several, and none once they left', async () => {
    expect(await state()).toMatchObject({ isRevoked: false, membership: undefined });
    await apply(
      PersonJoined({ ...member, partyKind: 'provider', role: 'viewer' }),
      RoleChanged({ ...member, role: 'admin' }),
    );
    expect((await state())?.membership).toEqual({ ...well, partyKind: 'provider', role: 'admin' });
    await apply(RoleChanged({ ...member, role: 'finance' }));
    expect((await state())?.membership).toMatchObject({ role: 'finance' });
    await apply(MembershipEnded(member));
    expect((await state())?.membership).toBeUndefined();
    await apply(PersonJoined({ ...member, partyKind: 'provider', role: 'owner' }), MembershipEnded(member));
    expect((await state())?.membership).toBeUndefined();
  });

  it('are suspended with their party and erased for good, and their grants end', async () => {
    await apply(
      PersonJoined({ ...member, partyKind: 'provider', role: 'owner' }),
      PartySuspended({ partyId: 'org_7' }),
    );
    expect((await state())?.membership).toMatchObject({ isSuspended: true, isErased: false });
    await apply(PersonErased({ userId: 'usr_1', contactStreamId: 'contact-x' }));
    expect((await state())?.membership).toMatchObject({ isErased: true });
    const end = { userId: 'usr_1', grantId: 'grant_7', clientId: 'cli', reason: 'person' as const };
    await apply(AccessGrantEnded({ ...end, expiresAt: instantOf(later) }));
    expect(await state()).toMatchObject({ isRevoked: true });
  });
});
