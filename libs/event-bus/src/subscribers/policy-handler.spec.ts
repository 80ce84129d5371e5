import { beforeEach, describe, expect, it } from '@jest/globals';
import { catalogue, event, firstPreviousHash, text } from '@tokengrid/contracts';
import type { Pool } from 'pg';
import { z } from 'zod';
import { chainedEvents } from '../chained-events.fixture.ts';
import type { LaneMark } from './lane-mark.ts';
import { PolicyHandler } from './policy-handler.ts';
import { PolicyMarks } from './policy-marks.ts';
import { reactionId } from './reaction.ts';
import type { LaneWork } from './lane-work.ts';
import { type MarkKey, MarkMoved } from './subscriber-tables.ts';

const data = z.looseObject({ transferId: text(40) });
const TokensSent = event('TokensSent', 'Tokens left a wallet.', data);
const TokensReceived = event('TokensReceived', 'Tokens arrived.', data);
const wallet = catalogue('wallet', [TokensSent, TokensReceived] as const);

const start: LaneMark = { sequence: 0, hash: firstPreviousHash, offset: 0 };
const key = { subscriber: 'when-tokens-sent-receive-tokens', topic: wallet.topic, lane: 0 };

const nothingSkipped = { has: () => Promise.resolve(false) };

/** Keeps one mark as Postgres would. */
class Marks extends PolicyMarks {
  stored = 0;
  count = 0;

  /** @param queries names of queries; texts of those without one */
  constructor(readonly queries: string[] = []) {
    const query = (asked: string | { readonly name: string }) => {
      queries.push(typeof asked === 'string' ? asked : asked.name);
      return Promise.resolve({ rows: [], rowCount: 0 });
    };
    super({ query } as unknown as Pool);
  }

  override move(_: MarkKey, from: LaneMark, to: LaneMark): Promise<void> {
    if (from.sequence !== this.stored) return Promise.reject(new MarkMoved('moved'));
    this.stored = to.sequence;
    this.count += 1;
    return Promise.resolve();
  }

  readonly inLog = new Set<string>();
  asked = 0;

  override published(ids: readonly string[]): Promise<ReadonlySet<string>> {
    this.asked += 1;
    return Promise.resolve(new Set(ids.filter((id) => this.inLog.has(id))));
  }

  override parkedStreams(): Promise<ReadonlySet<string>> {
    return Promise.resolve(new Set());
  }
}

describe("a policy's mark", () => {
  let marks: Marks;
  let reacted: string[];
  let at: LaneMark;
  const signal = new AbortController().signal;

  beforeEach(() => {
    marks = new Marks();
    reacted = [];
    at = start;
  });

  const handler = (markAfterMs?: number) =>
    new PolicyHandler(
      { name: key.subscriber, from: wallet as never, on: ['TokensSent'] },
      (sent: { readonly id: string }) => Promise.resolve(void reacted.push(sent.id)),
      marks,
      () => Promise.resolve(),
      nothingSkipped,
      {},
      markAfterMs,
    );

  /** The next event of the lane. */
  const next = (type: string): LaneWork => {
    const { event: last } = chainedEvents(at.sequence + 1, () => ({ type })).at(-1)!;
    const from = at;
    at = { sequence: last.sequence, hash: last.hash, offset: last.sequence };
    return { lane: 0, key, events: [{ event: last, offset: from.offset }], from, to: at, signal };
  };

  it('moves over an event of a type that is not known here yet, which is counted', async () => {
    const unknown: string[] = [];
    const policy = new PolicyHandler(
      { name: key.subscriber, from: wallet as never, on: ['TokensSent'] },
      (sent: { readonly id: string }) => Promise.resolve(void reacted.push(sent.id)),
      marks,
      () => Promise.resolve(),
      nothingSkipped,
      { unknownType: (subscriber, { type }) => unknown.push(`${subscriber}: ${type}`) },
      0,
    );
    await policy.apply(next('WalletBlessed'));
    await policy.apply(next('TokensSent'));
    expect(unknown).toEqual([`${key.subscriber}: WalletBlessed`]);
    expect(reacted).toEqual(['wallet/0/2']);
    expect(marks.stored).toBe(2);
  });

  it.each(['TokensSent', 'TokensReceived'])('follows %s after a while, and once the lane is quiet', async (type) => {
    const policy = handler(0);
    await policy.apply(next(type));
    expect(marks.stored).toBe(1);
    const patient = handler(60_000);
    await patient.apply(next(type));
    await patient.apply(next(type));
    expect(marks.stored).toBe(1);
    await patient.attend(0, () => Promise.resolve(undefined));
    expect([marks.stored, marks.count]).toEqual([3, 2]);
  });

  it('is stored when the process ends, and not by one that lost the lane', async () => {
    const ending = handler(60_000);
    await ending.apply(next('TokensSent'));
    await ending.settle(0);
    expect([reacted, marks.stored]).toEqual([['wallet/0/1'], 1]);
    await ending.apply(next('TokensSent'));
    ending.forget(0);
    await ending.settle(0);
    expect([reacted, marks.stored]).toEqual([['wallet/0/1', 'wallet/0/2'], 1]);
  });

  it('follows without a look for parked events, unless a replay of some is requested', async () => {
    const patient = handler(60_000);
    await patient.apply(next('TokensReceived'));
    await patient.attend(0, () => Promise.resolve(undefined));
    expect([marks.stored, marks.queries]).toEqual([1, ['replays-asked']]);
  });

  it('moves over what is done and in the log, without asking the policy again', async () => {
    const policy = handler(0);
    marks.inLog.add(reactionId(key.subscriber, { service: 'wallet', lane: 0, sequence: 2 }));
    for (let count = 0; count < 3; count++) await policy.apply(next('TokensSent'));
    expect([reacted, marks.stored]).toEqual([['wallet/0/1', 'wallet/0/3'], 3]);
  });

  it('stops to look for what is done once a lane is read for the first time', async () => {
    const policy = handler();
    for (let count = 0; count < 20; count++) await policy.apply(next('TokensSent'));
    expect(marks.asked).toBe(8);
    expect(reacted).toHaveLength(20);
  });

  it('is looked up again when somebody else has moved it meanwhile', async () => {
    const policy = handler(60_000);
    await policy.apply(next('TokensReceived'));
    marks.stored = 1;
    const attended = policy.attend(0, () => Promise.resolve(undefined));
    await expect(attended).rejects.toBeInstanceOf(MarkMoved);
    await policy.apply(next('TokensSent'));
    await policy.settle(0);
    expect(marks.stored).toBe(2);
  });
});
