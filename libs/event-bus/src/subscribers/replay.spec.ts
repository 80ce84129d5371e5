import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { catalogue, event, firstPreviousHash, headersOf, text } from '@tokengrid/contracts';
import { type ChainedEvent, InMemoryLeases, LeaseKeeper } from '@tokengrid/event-store';
import type { Pool } from 'pg';
import { z } from 'zod';
import { chainedEvents } from '../chained-events.fixture.ts';
import { FollowedLog } from '../tailing-log.fixture.ts';
import type { LaneMark } from './lane-mark.ts';
import { PolicyHandler } from './policy-handler.ts';
import { PolicyMarks } from './policy-marks.ts';
import { Subscriber } from './subscriber.ts';
import { defaultSubscriberLimits } from './subscriber-options.ts';

const TokensSent = event('TokensSent', 'Tokens left a wallet.', z.looseObject({ transferId: text(40) }));
const wallet = catalogue('wallet', [TokensSent] as const);

const policyName = 'when-tokens-sent-receive-tokens';

/** A parked event with a requested replay, stored as by Postgres. */
class ParkedEvent {
  isParked = true;
  isAskedFor = true;
  reason = 'the policy had a bug';

  constructor(
    private readonly sequence: number,
    private readonly offset: number,
    private readonly mark: LaneMark,
  ) {}

  readonly pool = {
    query: (asked: string | { readonly text: string }, values: readonly unknown[]) =>
      Promise.resolve({ rows: this.rowsOf(typeof asked === 'string' ? asked : asked.text, values), rowCount: 1 }),
  } as unknown as Pool;

  private rowsOf(sql: string, values: readonly unknown[]): readonly object[] {
    if (sql.includes('insert into subscriber_marks')) {
      const { sequence, hash, offset } = this.mark;
      return [{ sequence, hash: Buffer.from(hash, 'hex'), log_offset: offset }];
    }
    if (sql.includes('delete from parked_events')) this.isParked = false;
    if (sql.includes('update parked_events')) {
      this.isAskedFor = false;
      this.reason = String(values[4]);
    }
    if (sql.includes('distinct')) {
      const key = { subscriber: policyName, topic: wallet.topic, lane: 0 };
      return this.isParked && this.isAskedFor ? [key] : [];
    }
    const isWanted = sql.includes('replay_requested order by') && this.isParked && this.isAskedFor;
    return isWanted ? [{ sequence: this.sequence, log_offset: this.offset }] : [];
  }
}

describe('a parked event whose replay is asked for', () => {
  let log: FollowedLog;
  let leases: LeaseKeeper;
  let subscriber: Subscriber | undefined;
  let replayed: string[];

  beforeEach(async () => {
    replayed = [];
    log = new FollowedLog();
    await log.createTopic(wallet.topic, { partitions: 1, replicationFactor: 1 });
    leases = new LeaseKeeper(new InMemoryLeases(), 'me', { ttlMs: 60_000, renewEveryMs: 10_000 }, () => undefined);
  });
  afterEach(async () => {
    await subscriber?.close();
    await leases.close();
  });

  /**
   * Runs the policy on a lane whose events it has all seen. Returns what stops the lane, if
   * anything does.
   */
  async function run(parked: ParkedEvent, isOver: () => boolean): Promise<readonly string[]> {
    const definition = { name: policyName, from: wallet as never, on: ['TokensSent'] };
    const react = (sent: { readonly id: string }) => Promise.resolve(void replayed.push(sent.id));
    const nothingSkipped = { has: () => Promise.resolve(false) };
    const published = () => Promise.resolve();
    const marks = new PolicyMarks(parked.pool, 0);
    const handler = new PolicyHandler(definition, react, marks, published, nothingSkipped, {});
    const limits = { ...defaultSubscriberLimits, maxWaitMs: 5, retryDelayMs: 5, attendEveryMs: 0 };
    subscriber = new Subscriber({ handler, log, pool: parked.pool, leases, limits, observer: {} });
    subscriber.start(1);
    await leases.start();
    while (!isOver() && subscriber.problems().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    return subscriber.problems();
  }

  const append = (events: readonly ChainedEvent[]) => log.append(wallet.topic, 0, events);
  const smuggle = ({ event: forged, previousHash }: ChainedEvent) =>
    log.smuggle(wallet.topic, 0, {
      key: forged.streamId,
      headers: Object.fromEntries(headersOf(forged, previousHash)),
      value: Buffer.from('{"transferId":"trf_forged"}'),
    });

  it.each([
    ['where it stood', 1],
    ['though the topic was made anew, and another event stands there', 0],
    ['though the topic was made anew, and ends before that', 60],
  ])('is found %s', async (_, offset) => {
    const events = chainedEvents(4);
    await append(events);
    const parked = new ParkedEvent(2, offset, { ...events[3]!.event, offset: 4 });
    expect(await run(parked, () => !parked.isParked)).toEqual([]);
    expect(replayed).toEqual(['wallet/0/2']);
  });

  it('is found behind messages that are none of the lane, and repeats', async () => {
    const events = chainedEvents(4);
    await append(events.slice(0, 2));
    await append(events.slice(0, 2));
    smuggle(events[2]!);
    await append(events.slice(2));
    const parked = new ParkedEvent(3, 2, { ...events[3]!.event, offset: 7 });
    expect(await run(parked, () => !parked.isParked)).toEqual([]);
    expect(replayed).toEqual(['wallet/0/3']);
  });

  it('stays parked if the topic does not have it, and does not stop the lane', async () => {
    await append(chainedEvents(1));
    const parked = new ParkedEvent(2, 1, { sequence: 2, hash: firstPreviousHash, offset: 1 });
    expect(await run(parked, () => !parked.isAskedFor)).toEqual([]);
    expect([replayed, parked.isParked]).toEqual([[], true]);
    expect(parked.reason).toBe('tokengrid.wallet lacks wallet/0/2: run republish, then request the replay again');
  });
});
