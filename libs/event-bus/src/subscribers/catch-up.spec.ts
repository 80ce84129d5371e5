import { beforeEach, describe, expect, it } from '@jest/globals';
import { catalogue, event, firstPreviousHash } from '@tokengrid/contracts';
import { InMemoryLog } from '@tokengrid/event-store';
import { z } from 'zod';
import { chainedEvents } from '../chained-events.fixture.ts';
import { CatchUp } from './catch-up.ts';
import type { LaneMark } from './lane-mark.ts';
import type { LaneWork } from './lane-work.ts';
import type { SubscriberHandler } from './subscriber-options.ts';

const wallet = catalogue('wallet', [event('TokensSent', 'Tokens left a wallet.', z.looseObject({}))] as const);
const { topic } = wallet;
const start: LaneMark = { sequence: 0, hash: firstPreviousHash, offset: 0 };
const going = new AbortController().signal;

/** Log that counts its reads. */
class CountingLog extends InMemoryLog {
  reads = 0;

  override read(...asked: Parameters<InMemoryLog['read']>) {
    this.reads += 1;
    return super.read(...asked);
  }
}

/** Policy that records the sequences it received. */
function policy(name: string, apply: (work: LaneWork) => void = () => undefined) {
  const seen: number[] = [];
  const handler: SubscriberHandler = {
    name,
    catalogue: wallet as never,
    apply: async (work) => {
      apply(work);
      seen.push(...work.events.map(({ event: { sequence } }) => sequence));
    },
  };
  return { handler, seen, key: { subscriber: name, topic, lane: 0 } };
}

describe('policies that begin a lane together', () => {
  let log: CountingLog;
  const count = 1200;
  const all = Array.from({ length: count }, (_, index) => index + 1);
  const last = chainedEvents(count).at(-1)!.event;
  const end: LaneMark = { sequence: count, hash: last.hash, offset: count };

  beforeEach(async () => {
    log = new CountingLog();
    await log.createTopic(topic, { partitions: 1, replicationFactor: 1 });
  });

  it('are given every event in order, and the lane is read once for all of them', async () => {
    await log.append(topic, 0, chainedEvents(count));
    const catchUp = new CatchUp(log);
    const policies = ['one', 'two', 'three'].map((name) => policy(name));
    const marks = await Promise.all(policies.map(({ handler, key }) => catchUp.join(handler, key, start, going)));
    expect(marks).toEqual([end, end, end]);
    for (const { seen } of policies) expect(seen).toEqual(all);
    const alone = new CatchUp(log);
    const before = log.reads;
    const single = policy('four');
    await alone.join(single.handler, single.key, start, going);
    expect(log.reads - before).toBe(before);
  });

  it('do not wait where there is nothing to read', async () => {
    const { handler, key } = policy('one');
    expect(await new CatchUp(log).join(handler, key, start, going)).toBe(start);
    expect(log.reads).toBe(0);
  });

  it('do not hold each other up: who fails is told, who lost the lane goes, the others go on', async () => {
    await log.append(topic, 0, chainedEvents(count));
    const catchUp = new CatchUp(log);
    const losing = new AbortController();
    const failing = policy('failing', () => {
      losing.abort();
      throw new Error('out of order');
    });
    const gone = policy('gone');
    const well = policy('well');
    const joining = [
      catchUp.join(failing.handler, failing.key, start, going),
      catchUp.join(gone.handler, gone.key, start, losing.signal),
      catchUp.join(well.handler, well.key, start, going),
    ];
    const [failed, left, arrived] = await Promise.allSettled(joining);
    expect(failed).toMatchObject({ status: 'rejected', reason: { message: 'out of order' } });
    expect(left).toMatchObject({ status: 'fulfilled', value: { sequence: gone.seen.at(-1) } });
    expect(arrived).toEqual({ status: 'fulfilled', value: end });
    expect(well.seen).toEqual(all);
  });

  it('tell of records that are no events of the lane, each for itself', async () => {
    await log.append(topic, 0, chainedEvents(1));
    log.smuggle(topic, 0, { key: 'a', headers: {}, value: null });
    const told: string[] = [];
    const malformed = (name: string, lane: number, offset: number) => void told.push(`${name} ${lane}/${offset}`);
    const catchUp = new CatchUp(log, { malformed });
    const policies = ['one', 'two'].map((name) => policy(name));
    await Promise.all(policies.map(({ handler, key }) => catchUp.join(handler, key, start, going)));
    expect(told).toEqual(['one 0/1', 'two 0/1']);
  });

  it('stop where the lane can be followed no further', async () => {
    const events = chainedEvents(count);
    await log.append(topic, 0, [...events.slice(0, 10), ...events.slice(11)]);
    const { handler, key, seen } = policy('one');
    expect(await new CatchUp(log).join(handler, key, start, going)).toMatchObject({ sequence: 10 });
    expect(seen).toEqual(all.slice(0, 10));
  });
});
