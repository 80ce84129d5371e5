import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync, rmSync, statSync } from 'node:fs';
import { Client } from 'pg';
import { homePaths } from './home.ts';
import { countBrokers } from './kafka-probe.ts';
import { readRunFile } from './run-file.ts';
import { services } from './services.ts';
import { startStack } from './supervisor.ts';
import type { Stack } from './supervisor.ts';
import { eventually, temporaryHome } from './testing.ts';

const home = temporaryHome();
const says: string[] = [];
const start = () => startStack({ home, services: 'none', ports: 'free', say: (message) => says.push(message) });
let stack: Stack;

beforeAll(async () => {
  stack = await start();
}, 60_000);

afterAll(async () => {
  await stack.stop();
  rmSync(home, { recursive: true });
}, 30_000);

async function query(owner: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: readRunFile(home).postgres[owner] });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

function brokersNow(): Promise<number> {
  return countBrokers(Number(readRunFile(home).kafka.brokers[0]!.split(':')[1]));
}

/**
 * Kills a part's process and resolves with the time until `run.json` names its successor, in
 * milliseconds.
 */
function killAndSeeRespawned(part: string): Promise<number> {
  const [killed] = readRunFile(home).processes[part]!;
  process.kill(killed!, 'SIGKILL');
  return eventually(() => {
    const [pid] = readRunFile(home).processes[part]!;
    return pid !== undefined && pid !== killed;
  });
}

const postgresAnswers = () => query('wallet', 'SELECT 1').then(Boolean, () => false);

describe('a running stack', () => {
  it('is described by run.json, which only its owner can read', async () => {
    const run = readRunFile(home);
    expect(Object.keys(run.postgres).sort()).toEqual([...services.map(({ name }) => name), 'identity-keys'].sort());
    expect(run.operatorApiKey).toMatch(/^tg_operator_[\w-]{32}$/);
    expect(run.supervisor).toBe(process.pid);
    expect(run.processes).toEqual({ kafka: [expect.any(Number)], postgres: [expect.any(Number)] });
    expect(statSync(homePaths(home).runFile).mode & 0o777).toBe(0o600);
    expect(await brokersNow()).toBe(1);
    expect(await query('app-registry', 'SELECT current_database() AS name')).toEqual([{ name: 'app_registry' }]);
  });

  it('keeps Postgres durable', async () => {
    const rows = await query(
      'wallet',
      "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit')",
    );
    expect(rows).toEqual([
      { name: 'fsync', setting: 'on' },
      { name: 'synchronous_commit', setting: 'on' },
    ]);
  });

  it('allows no second one on the same home', async () => {
    await expect(start()).rejects.toThrow(`A stack already runs on ${home} (supervisor's pid: ${process.pid})`);
  });

  it('has Postgres back on the same port, data and all, when the postmaster is killed under a busy backend', async () => {
    await query('wallet', 'CREATE TABLE kept AS SELECT 1 AS one');
    void query('wallet', 'SELECT pg_sleep(60)').catch(() => undefined);
    const { postgres } = readRunFile(home);
    expect(await killAndSeeRespawned('postgres')).toBeLessThan(3000);
    await eventually(postgresAnswers, 30_000);
    expect(readRunFile(home).postgres).toEqual(postgres);
    expect(await query('wallet', 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
  }, 60_000);

  it('has Kafka back on the same port when its JVM is killed', async () => {
    const { kafka } = readRunFile(home);
    expect(await killAndSeeRespawned('kafka')).toBeLessThan(3000);
    await eventually(async () => (await brokersNow()) === 1, 30_000);
    expect(readRunFile(home).kafka).toEqual(kafka);
    expect(says).toContain(`kafka died (SIGKILL): starting it again`);
  }, 60_000);

  it('removes run.json when it stops, and finds its data and secrets when it starts again', async () => {
    const { operatorApiKey, processes } = readRunFile(home);
    await stack.stop();
    expect(existsSync(homePaths(home).runFile)).toBe(false);
    expect(() => readRunFile(home)).toThrow('No stack is running');
    for (const pid of Object.values(processes).flat()) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    stack = await start();
    expect(readRunFile(home).operatorApiKey).toBe(operatorApiKey);
    expect(await query('wallet', 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
  }, 60_000);
});

describe('a stack that cannot start', () => {
  it('says which variable is wrong, and leaves nothing running', async () => {
    const other = temporaryHome();
    const env = { POSTGRES_PORT: 'many' };
    await expect(startStack({ home: other, services: 'none', env })).rejects.toThrow(
      'POSTGRES_PORT must be a port from 1 to 65535, not "many".',
    );
    expect(existsSync(homePaths(other).lock)).toBe(false);
    rmSync(other, { recursive: true });
  }, 30_000);

  it('names a service that does not exist', async () => {
    const other = temporaryHome();
    await expect(startStack({ home: other, services: ['bank'] })).rejects.toThrow('No such service to run: bank');
    rmSync(other, { recursive: true });
  });
});
