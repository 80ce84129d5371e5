import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventStoreMigrations } from '@tokengrid/event-store';
import { type Postgres, startPostgres } from '@tokengrid/infra-local';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { openDatabase, poolOf } from './database.ts';

const serverMs = 60_000;
const quiet = { info: () => undefined, warn: () => undefined };

let home: string;
let postgres: Postgres;
let database: DataSource;

/** Opens the database with a service's settings. */
function open(): Promise<DataSource> {
  return openDatabase({
    name: 'jars',
    config: {
      databaseUrl: postgres.url('jars'),
      serviceInstance: 'jars-1',
      databasePoolConnections: 4,
      databaseConnectTimeoutMs: 5000,
      databaseQueryTimeoutMs: 3500,
    },
    migrations: eventStoreMigrations,
    entities: [],
    log: quiet,
  });
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tokengrid-database-'));
  postgres = await startPostgres({ home });
  await postgres.ensureDatabase('jars');
  // Defaults that a server's administrator may have changed.
  const admin = new pg.Client(postgres.url('jars'));
  await admin.connect();
  await admin.query('alter database jars set synchronous_commit = off');
  await admin.end();
  database = await open();
}, serverMs);
afterAll(async () => {
  await database?.destroy();
  await postgres?.stop();
  await rm(home, { recursive: true, force: true });
}, serverMs);

describe("a service's connection to Postgres", () => {
  it.each([
    // A process that froze inside a transaction lets go of its lane.
    ['idle_in_transaction_session_timeout', '2s'],
    ['statement_timeout', '3s'],
    // A peer that takes no more answers is dropped.
    ['tcp_user_timeout', '5000'],
    // A peer whose machine is gone is noticed after 11 s. These are the kernel's values, not the
    // requested ones.
    ['tcp_keepalives_idle', '5'],
    ['tcp_keepalives_interval', '2'],
    ['tcp_keepalives_count', '3'],
    // Committed data is on the disk.
    ['synchronous_commit', 'on'],
    ['fsync', 'on'],
    ['full_page_writes', 'on'],
  ])('has %s at %s', async (setting, value) => {
    const { rows } = await poolOf(database).query<Record<string, string>>(`show ${setting}`);
    expect(rows).toEqual([{ [setting]: value }]);
  });

  it('that stands still inside a transaction is ended, and its lock goes to who waits for it', async () => {
    const pool = poolOf(database);
    await pool.query("insert into lanes values (0, 0, '', 0) on conflict do nothing");
    const frozen = await pool.connect();
    const ended = new Promise<Error>((resolve) => frozen.on('error', resolve));
    await frozen.query('begin');
    await frozen.query('select from lanes where lane = 0 for update');
    const since = performance.now();
    await pool.query('select from lanes where lane = 0 for update');
    expect(performance.now() - since).toBeLessThan(4000);
    expect((await ended).message).toContain('idle-in-transaction timeout');
    frozen.release(true);
  }, 10_000);
});
