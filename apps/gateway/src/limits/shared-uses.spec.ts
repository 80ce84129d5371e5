import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { StorageClock } from '@tokengrid/event-store';
import { newId, poolOf } from '@tokengrid/service';
import { until } from '@tokengrid/service/testing';
import { DataSource } from 'typeorm';
import { pino } from 'pino';
import { runPassing, type RunningPassing } from '../testing/run-passing.ts';
import { RateLimits } from './rate-limits.ts';
import { SharedUses } from './shared-uses.ts';

let running: RunningPassing;
let processes: readonly RateLimits[];
beforeAll(async () => {
  running = await runPassing();
  const [database, clock] = [running.instance(DataSource), running.instance(StorageClock)];
  const log = pino({ level: 'silent' });
  const lease = `insert into gateway_processes (gateway_id, epoch, alive_until) values ($1, 1, now() + interval '1 hour')`;
  for (const name of ['gwy_1', 'gwy_2']) await poolOf(database).query(lease, [name]);
  processes = [0, 1].map(() => new RateLimits(new SharedUses(database), clock, log));
  for (const each of processes) each.onApplicationBootstrap();
}, 120_000);
afterAll(async () => {
  await Promise.all(processes.map((each) => each.onApplicationShutdown()));
  await running.close();
}, 60_000);

const limitedTo = (limits: object) => ({ limited: [{ person: newId('key'), limits }] });
const small = { units: 1, isStreamed: false };

/** Numbers of requests that each process admits of those that come at once. */
async function admitted(key: ReturnType<typeof limitedTo>, ...counts: readonly number[]) {
  const admit = async (limits: RateLimits) => {
    try {
      return await limits.admit(key, small);
    } catch {
      return undefined;
    }
  };
  const all = counts.map((count, index) => Promise.all(Array.from({ length: count }, () => admit(processes[index]!))));
  return (await Promise.all(all)).map((answers) => answers.filter((answer) => answer !== undefined).length);
}

describe('a limit of requests per minute', () => {
  it('is all that one process admits where the others use nothing', async () => {
    const key = limitedTo({ requestsPerMinute: 50 });
    expect(await admitted(key, 500)).toEqual([50]);
    expect(await admitted(key, 0, 100)).toEqual([0, 0]);
  });

  it('is shared by processes, but for a request that each of them may take at once', async () => {
    const key = limitedTo({ requestsPerMinute: 50 });
    // Each is known to the other: of two that begin at once, one may be the first to ask for all.
    const first = await admitted(key, 1, 1);
    const then = await admitted(key, 500, 500);
    const [one, other] = first.map((count, index) => count + then[index]!);
    expect(one! + other!).toBeGreaterThanOrEqual(50);
    expect(one! + other!).toBeLessThanOrEqual(52);
    expect(Math.min(one!, other!)).toBeGreaterThan(0);
  });

  it('binds together with that of the key that it was minted from', async () => {
    const parent = limitedTo({ requestsPerMinute: 10 });
    const agent = { limited: [...limitedTo({ requestsPerMinute: 8 }).limited, ...parent.limited] };
    expect(await admitted(agent, 20)).toEqual([8]);
    expect(await admitted(parent, 20)).toEqual([2]);
  });
});

describe('a limit of streams at once', () => {
  it('is free again once one is over, at the other process too', async () => {
    const key = limitedTo({ streams: 1 });
    const stream = { units: 1, isStreamed: true };
    const first = await processes[0]!.admit(key, stream);
    for (const each of processes)
      await expect(each.admit(key, stream)).rejects.toMatchObject({ problem: { status: 429 } });
    first.over(0);
    await until(async () => {
      try {
        return await processes[1]!.admit(key, stream);
      } catch {
        return undefined;
      }
    });
  });
});

describe('a limit of units per minute', () => {
  it('takes the estimate first, and what was used after it', async () => {
    const key = limitedTo({ unitsPerMinute: 100 });
    const wish = { units: 40, isStreamed: false };
    const [first, second] = [await processes[0]!.admit(key, wish), await processes[0]!.admit(key, wish)];
    expect(second.headers).toMatchObject({ 'x-ratelimit-remaining-tokens': '20' });
    await expect(processes[0]!.admit(key, wish)).rejects.toMatchObject({
      problem: { status: 429, code: 'TOO_MANY_REQUESTS', headers: { 'retry-after': expect.any(String) } },
    });
    first.over(10);
    const third = await until(() => Promise.resolve(processes[0]!.admit(key, wish)).catch(() => undefined));
    expect(third.headers).toMatchObject({ 'x-ratelimit-limit-tokens': '100', 'x-ratelimit-remaining-tokens': '10' });
  });

  it('serves a request that is larger where nothing else is used', async () => {
    const key = limitedTo({ unitsPerMinute: 100 });
    const admission = await processes[0]!.admit(key, { units: 5000, isStreamed: false });
    admission.over(5000);
    await expect(processes[0]!.admit(key, small)).rejects.toMatchObject({ problem: { status: 429 } });
  });
});
