import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { walletCatalogue, type WalletEvent, walletIdOf, WalletOpened } from '@tokengrid/contracts';
import { KafkaLog } from '@tokengrid/event-bus';
import { createEventStoreTables, openPostgresEventStore } from '@tokengrid/event-store';
import { type Postgres, startPostgres } from '@tokengrid/infra-local';
import { type BorrowedKafka, borrowKafka } from '@tokengrid/infra-local/testing';
import type { Aggregate } from '@tokengrid/kernel';
import pg from 'pg';
import { tokengrid } from './program.ts';

const partyId = 'org_01jzx5w2m3e4f5g6h7j8k9m0n1';
const walletId = walletIdOf(partyId);
const wallet: Aggregate<null, WalletEvent> = { name: 'wallet', stateVersion: 1, initial: null, evolve: () => null };

let home: string;
let kafka: BorrowedKafka;
let postgres: Postgres;
let pool: pg.Pool;
const environment = { ...process.env };

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tokengrid-cli-'));
  [kafka, postgres] = await Promise.all([
    borrowKafka(),
    startPostgres({ home, databases: ['wallet'], isThrowaway: true }),
  ]);
  pool = new pg.Pool({ connectionString: postgres.url('wallet') });
  // The server may end before the pool's last connection.
  pool.on('error', () => undefined);
  await createEventStoreTables(pool);
  Object.assign(process.env, {
    TOKENGRID_HOME: home,
    KAFKA_BROKERS: kafka.brokers.join(','),
    DATABASE_URL: postgres.url('postgres'),
  });
  await openOneWallet();
});

afterAll(async () => {
  process.env = environment;
  await pool.end();
  await Promise.all([kafka.stop(), postgres.stop()]);
  await rm(home, { recursive: true });
});

/** Opens a wallet through an event store of its own, like the wallet. */
async function openOneWallet(): Promise<void> {
  const log = new KafkaLog({ brokers: kafka.brokers, clientId: 'spec' });
  const topic = { lanes: 2, replicationFactor: 1 };
  const { store } = await openPostgresEventStore<WalletEvent>({ pool, log, catalogue: walletCatalogue, topic });
  const open = () => [WalletOpened({ walletId, partyId, partyKind: 'developer' })];
  const command = { id: '00000000-0000-4000-8000-000000000001', streamId: walletId, data: {} };
  await store.streams(wallet).handle(open, { ...command, correlationId: 'registering-acme', actor: 'spec' });
  await store.close();
  await log.close();
}

/** Runs a command line in this process. Returns its output and exit code. */
async function run(...args: string[]): Promise<{ readonly printed: string; readonly code: unknown }> {
  const lines: string[] = [];
  const print = jest.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
  process.exitCode = undefined;
  try {
    await tokengrid().parseAsync(['node', 'tokengrid', ...args]);
    return { printed: lines.join('\n'), code: process.exitCode ?? 0 };
  } finally {
    print.mockRestore();
    process.exitCode = undefined;
  }
}

describe('the command line, on a Kafka and a Postgres of the environment', () => {
  it.each([[[]], [['--from-topic']]])('tells the history of a stream %j', async (more: string[]) => {
    const { printed } = await run('stream', walletId, '--service', 'wallet', ...more);
    expect(printed).toContain('WalletOpened: A wallet was opened for a party.');
    expect(printed).toContain(`partyId ${partyId}, partyKind developer`);
  });

  it('finds all that one request led to', async () => {
    expect((await run('trace', 'registering-acme')).printed).toMatch(
      new RegExp(`^wallet/\\d/1 ${walletId} #1 WalletOpened`),
    );
    await expect(run('trace', 'nobody')).rejects.toThrow('No event carries the correlation nobody.');
  });

  it('counts what is not published, and lists what is parked', async () => {
    expect((await run('lag', 'wallet')).printed).toMatch(/wallet +relay +tokengrid\.wallet +0 +0 0/);
    expect((await run('parked', 'list', 'wallet')).printed).toBe('Nothing is parked.');
    const parked = `insert into parked_events (subscriber, topic, lane, sequence, log_offset, stream_id, type, reason)
                    values ('when-it-rains', 'tokengrid.identity', 0, 7, 6, 'org_1', 'OrganizationRegistered', 'no umbrella')`;
    await pool.query(parked);
    expect((await run('parked', 'list', 'wallet')).printed).toContain(
      'when-it-rains  identity/0/7  OrganizationRegistered',
    );
    const replay = await run('parked', 'replay', 'wallet', '--timeout-seconds', '1');
    expect(replay).toMatchObject({
      code: 1,
      printed: expect.stringContaining('0 replayed, 0 parked again, 1 not tried yet'),
    });
    await pool.query('delete from parked_events');
  });

  it('verifies a topic and its database, and says by its exit code what it found', async () => {
    const whole = await run('verify', 'wallet');
    expect(whole).toMatchObject({ code: 0, printed: expect.stringContaining('whole') });
    await pool.query("update events set hash = decode(repeat('ab', 32), 'hex')");
    const forked = await run('verify', 'wallet');
    expect(forked).toMatchObject({ code: 1, printed: expect.stringContaining('the histories have forked') });
    expect(await run('verify', 'wallet', '--topic-only')).toMatchObject({ code: 0 });
    expect(await run('verify', 'identity')).toMatchObject({
      code: 1,
      printed: expect.stringContaining('FAULT no such topic: tokengrid.identity'),
    });
  });

  it('says what it does not understand', async () => {
    await expect(run('verify', 'cafeteria')).rejects.toThrow(
      'Unknown service "cafeteria"; the services are: identity, wallet,',
    );
  });
});
