import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { eventually, temporaryHome } from '../testing.ts';
import { borrowKafka, borrowPostgres } from './borrow.ts';
import { type LendingDesk, openLendingDesk } from './desk.ts';
import { deskVariable } from './loan.ts';

const home = temporaryHome();
const emptied: string[] = [];
let mayEmpty = true;
let desk: LendingDesk;
const before = process.env[deskVariable];

beforeAll(async () => {
  const empty = async (brokers: readonly string[]) => {
    if (!mayEmpty) throw new Error('topics are still there');
    emptied.push(...brokers);
  };
  desk = await openLendingDesk({ home, empty });
  process.env[deskVariable] = desk.address;
});
afterAll(async () => {
  if (before === undefined) delete process.env[deskVariable];
  else process.env[deskVariable] = before;
  await desk.close();
  rmSync(home, { recursive: true, force: true });
});

async function queried(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows as unknown[];
  } finally {
    await client.end();
  }
}

describe('a lending desk', () => {
  it('lends one Postgres to many, to each with databases of its own', async () => {
    const [one, other] = await Promise.all([borrowPostgres('wallet'), borrowPostgres('wallet')]);
    await queried(one.url('wallet'), 'create table lots (lot text)');
    expect(await queried(other.url('wallet'), "select to_regclass('lots') as lots")).toEqual([{ lots: null }]);
    expect(one.nameOf('wallet')).not.toBe(other.nameOf('wallet'));
    expect(new URL(one.url('wallet')).port).toBe(new URL(other.url('wallet')).port);
    await Promise.all([one.stop(), other.stop()]);
  });

  it('lends a Kafka to one at a time, emptied when it comes back, and never one that could not be', async () => {
    const one = await borrowKafka();
    await one.stop();
    expect(emptied).toEqual(one.brokers);
    const again = await borrowKafka();
    expect(again.brokers).toEqual(one.brokers);
    mayEmpty = false;
    await again.stop();
    mayEmpty = true;
    const another = await borrowKafka();
    expect(another.brokers).not.toEqual(one.brokers);
    await another.stop();
  });

  it('takes back what a borrower held that is gone', async () => {
    const socket = connect(Number(desk.address), '127.0.0.1');
    socket.write('kafka\n');
    const told = await new Promise<string>((resolve) => socket.once('data', (line) => resolve(line.toString())));
    const { brokers } = JSON.parse(told) as { brokers: string[] };
    const times = emptied.length;
    socket.destroy();
    await eventually(() => emptied.length > times);
    const next = await borrowKafka();
    expect(next.brokers).toEqual(brokers);
    await next.stop();
  });
});

it('without a desk, a server is started for who borrows it, and ends with the loan', async () => {
  process.env[deskVariable] = '';
  const postgres = await borrowPostgres('wallet');
  process.env[deskVariable] = desk.address;
  const url = postgres.url('wallet');
  expect(await queried(url, 'select 1 as one')).toEqual([{ one: 1 }]);
  await postgres.stop();
  await expect(queried(url, 'select 1')).rejects.toThrow('ECONNREFUSED');
});
