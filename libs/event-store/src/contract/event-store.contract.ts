import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { eventOfMessage, firstPreviousHash, hashOf, headersOf } from '@tokengrid/contracts';
import { laneOf, systemStreamId } from '@tokengrid/kernel';
import type { Command } from '../command.ts';
import { IdempotencyKeyReused, LaneStopped, Overloaded, StoreUnavailable } from '../command.ts';
import type { InMemoryLog } from '../in-memory/in-memory-log.ts';
import type { EventStoreLimits } from '../event-store-limits.ts';
import type { LanedEventStore } from '../laned-event-store.ts';
import type { LaneStorage } from '../storage.ts';
import { deposit, explode, type Moved, purse, purseCatalogue, type PurseEvent, withdraw } from './purse.ts';

/** A store of purses under test: its log, and more processes on the same database. */
export interface StoreUnderTest {
  readonly store: LanedEventStore<PurseEvent, Moved>;
  readonly log: InMemoryLog;
  readonly storage: LaneStorage;
  /** Another process on the same lanes and log. */
  another(limits?: Partial<EventStoreLimits>, ownClock?: () => number): Promise<LanedEventStore<PurseEvent, Moved>>;
  /** Steps the storage clock, from which lanes take their time, in milliseconds. */
  step(milliseconds: number): void;
  close(): Promise<void>;
}

export type OpenStore = (limits?: Partial<EventStoreLimits>) => Promise<StoreUnderTest>;

export const contractLanes = 3;

/** Waits for a condition; the test's own time-out ends it. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

export const command = <Data>(streamId: string, data: Data, more: Partial<Command<Data>> = {}): Command<Data> => ({
  id: randomUUID(),
  streamId,
  data,
  correlationId: 'test',
  actor: 'spec',
  ...more,
});

/**
 * Reads a lane from the log and checks that it is intact: dense, chained, each hash correct.
 * Repeats are skipped.
 */
export function intactLane(log: InMemoryLog, lane: number) {
  let sequence = 0;
  let hash = firstPreviousHash;
  const events = [];
  for (const record of log.records(purseCatalogue.topic, lane)) {
    const { event, previousHash } = eventOfMessage(record);
    if (event.sequence <= sequence) continue;
    expect(event.sequence).toBe(sequence + 1);
    expect(previousHash).toBe(hash);
    expect(event.hash).toBe(hashOf(event, previousHash));
    ({ sequence, hash } = event);
    events.push(event);
  }
  return events;
}

/** Contract of every event store, whatever its storage. */
export function eventStoreContract(name: string, open: OpenStore): void {
  describe(`${name}: an event store`, () => {
    let under: StoreUnderTest;
    afterEach(() => under.close());

    it('answers when the events are stored and in the log', async () => {
      under = await open();
      const purses = under.store.streams(purse);
      const outcome = await purses.handle(deposit, command('a', { tokens: 7n }));
      expect(outcome).toMatchObject({
        repeated: false,
        published: true,
        events: [{ type: 'Deposited', data: { tokens: 7n } }],
      });
      const events = intactLane(under.log, laneOf('a', contractLanes));
      expect(events).toHaveLength(1);
      expect(await purses.load('a')).toEqual({ tokens: 7n });
    });

    it('takes a thousand commands in few transactions, in the order they came', async () => {
      under = await open();
      const purses = under.store.streams(purse);
      const outcomes = await Promise.all(
        Array.from({ length: 1000 }, (_, index) => purses.handle(deposit, command('a', { tokens: BigInt(index + 1) }))),
      );
      expect(outcomes.map((outcome) => outcome.events[0]!.revision)).toEqual(
        Array.from({ length: 1000 }, (_, index) => index + 1),
      );
      expect(await purses.load('a')).toEqual({ tokens: 500_500n });
      expect(intactLane(under.log, laneOf('a', contractLanes))).toHaveLength(1000);
    });

    it("remembers refusals, and puts events on the lane's own stream", async () => {
      under = await open();
      const purses = under.store.streams(purse);
      await purses.handle(deposit, command('a', { tokens: 5n }));
      const refused = await purses.handle(withdraw, command('a', { tokens: 6n }));
      expect(refused.events).toMatchObject([{ type: 'WithdrawalRefused', data: { required: 6n, available: 5n } }]);
      const taken = await purses.handle(withdraw, command('a', { tokens: 5n }));
      const lane = laneOf('a', contractLanes);
      expect(taken.events).toMatchObject([
        { type: 'Withdrawn', streamId: 'a', revision: 3 },
        { type: 'LaneMoved', streamId: systemStreamId(lane, contractLanes), revision: 1 },
      ]);
    });

    it('gives the same id the same answer: at once, later, in another process', async () => {
      under = await open();
      const purses = under.store.streams(purse);
      const once = command('a', { tokens: 3n }, { inputHash: 'aa'.repeat(32) });
      const outcomes = await Promise.all(Array.from({ length: 50 }, () => purses.handle(deposit, once)));
      expect(outcomes.filter((outcome) => !outcome.repeated)).toHaveLength(1);
      const second = await under.another();
      const later = await second.streams(purse).handle(deposit, once);
      expect(later).toEqual({ ...outcomes[0], repeated: true });
      expect(await second.outcomeOf(once.id)).toEqual(later);
      expect(await second.outcomeOf(once.id, { inputHash: once.inputHash })).toEqual(later);
      const inputHash = 'bb'.repeat(32);
      await expect(second.outcomeOf(once.id, { inputHash })).rejects.toBeInstanceOf(IdempotencyKeyReused);
      const never = command('a', { tokens: 3n });
      expect(await second.outcomeOf(never.id)).toBeUndefined();
      expect(await second.known([once, never])).toEqual(new Set([once.id]));
      expect(await purses.load('a')).toEqual({ tokens: 3n });
      const other = purses.handle(deposit, { ...once, inputHash });
      await expect(other).rejects.toBeInstanceOf(IdempotencyKeyReused);
    });

    it('decides a command as it is when a transaction takes it, once', async () => {
      under = await open();
      const purses = under.store.streams(purse);
      let times = 0;
      const growing: Command<{ readonly tokens: bigint }> = {
        ...command('a', { tokens: 1n }),
        taken: () => {
          times += 1;
          Object.assign(growing, { data: { tokens: 7n } });
        },
      };
      const outcome = purses.handle(deposit, growing);
      expect(times).toBe(0);
      expect(await outcome).toMatchObject({ events: [{ type: 'Deposited', data: { tokens: 7n } }] });
      expect(times).toBe(1);
    });

    it('fails only the command whose decision throws', async () => {
      under = await open();
      const purses = under.store.streams(purse);
      const [before, bad, after] = await Promise.allSettled([
        purses.handle(deposit, command('a', { tokens: 1n })),
        purses.handle(explode, command('a', {})),
        purses.handle(deposit, command('a', { tokens: 1n })),
      ]);
      expect([before.status, bad.status, after.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(await purses.load('a')).toEqual({ tokens: 2n });
    });

    it('says "not yet" while the log is away, and publishes when it is back', async () => {
      // Long enough to store on a busy machine; the log is not waited for longer.
      under = await open({ answerTimeoutMs: 1000 });
      const purses = under.store.streams(purse);
      under.log.away = true;
      const late = command('a', { tokens: 1n });
      expect(await purses.handle(deposit, late)).toMatchObject({ published: false });
      expect(await under.store.outcomeOf(late.id)).toMatchObject({ published: false });
      under.log.away = false;
      await under.store.published(laneOf('a', contractLanes), 1);
      expect(await purses.handle(deposit, late)).toMatchObject({ published: true, repeated: true });
      expect(intactLane(under.log, laneOf('a', contractLanes))).toHaveLength(1);
    });

    it('does not wait for the log where the command says so', async () => {
      under = await open({ answerTimeoutMs: 60_000 });
      const purses = under.store.streams(purse);
      under.log.away = true;
      const step = command('a', { tokens: 1n }, { answerOnceStored: true });
      expect(await purses.handle(deposit, step)).toMatchObject({ published: false, events: [{ type: 'Deposited' }] });
      under.log.away = false;
      await under.store.published(laneOf('a', contractLanes), 1);
      expect(intactLane(under.log, laneOf('a', contractLanes))).toHaveLength(1);
    });

    it('looks what arrived when an answer is lost, instead of sending it again', async () => {
      under = await open();
      const purses = under.store.streams(purse);
      under.log.losesAnswers = true;
      expect(await purses.handle(deposit, command('a', { tokens: 1n }))).toMatchObject({ published: true });
      under.log.losesAnswers = false;
      await purses.handle(deposit, command('a', { tokens: 1n }));
      expect(under.log.records(purseCatalogue.topic, laneOf('a', contractLanes))).toHaveLength(2);
      expect(intactLane(under.log, laneOf('a', contractLanes))).toHaveLength(2);
    });

    it('sends nothing of a lane to the log before what came before it was acknowledged', async () => {
      under = await open();
      const purses = under.store.streams(purse);
      const append = under.log.append.bind(under.log);
      const { promise: acknowledged, resolve: acknowledge } = Promise.withResolvers<void>();
      let appends = 0;
      under.log.append = async (...args) => {
        appends += 1;
        if (appends === 1) await acknowledged;
        return append(...args);
      };
      for (let stored = 0; stored < 5; stored++) {
        await purses.handle(deposit, command('a', { tokens: 1n }, { answerOnceStored: true }));
      }
      const last = purses.handle(deposit, command('a', { tokens: 1n }));
      // By now any write without a wait would have been sent.
      for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
      expect(appends).toBe(1);
      acknowledge();
      await last;
      const records = under.log.records(purseCatalogue.topic, laneOf('a', contractLanes));
      expect(records.map((record) => eventOfMessage(record).event.sequence)).toEqual([1, 2, 3, 4, 5, 6]);
    });

    it('publishes nothing into a topic that lost what was published, and says so', async () => {
      under = await open({ answerTimeoutMs: 1000 });
      const purses = under.store.streams(purse);
      await purses.handle(deposit, command('a', { tokens: 1n }));
      under.log.away = true;
      const late = purses.handle(deposit, command('a', { tokens: 1n }));
      expect(await late).toMatchObject({ published: false });
      under.log.drop(purseCatalogue.topic);
      under.log.away = false;
      await under.log.createTopic(purseCatalogue.topic, { partitions: contractLanes, replicationFactor: 1 });
      expect(await purses.handle(deposit, command('a', { tokens: 1n }))).toMatchObject({ published: false });
      expect(under.log.records(purseCatalogue.topic, laneOf('a', contractLanes))).toHaveLength(0);
      expect(under.store.problems().join()).toContain('run republish');
    });

    it('gives stored events with the hashes before them, and finds them by their time', async () => {
      under = await open();
      const purses = under.store.streams(purse);
      for (let tokens = 1n; tokens <= 9n; tokens++) {
        under.step(10);
        await purses.handle(deposit, command('a', { tokens }));
      }
      const lane = laneOf('a', contractLanes);
      const all = await under.store.eventsAfter(lane, 0, 100);
      expect(all.map(({ event }) => event.sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
      expect(all.map(({ previousHash }) => previousHash)).toEqual([
        firstPreviousHash,
        ...all.slice(0, -1).map(({ event }) => event.hash),
      ]);
      expect(await under.store.eventsAfter(lane, 3, 2)).toEqual(all.slice(3, 5));
      expect(await under.store.eventsAfter(lane, 9, 2)).toEqual([]);
      const { store } = under;
      const found = all.map(async ({ event }) => [
        await store.sequenceAt(lane, event.time - 1),
        await store.sequenceAt(lane, event.time),
        await store.sequenceAt(lane, event.time + 1),
      ]);
      expect(await Promise.all(found)).toEqual(all.map((_, index) => [index, index + 1, index + 1]));
      expect(await store.sequenceAt((lane + 1) % contractLanes, Date.now())).toBe(0);
    });

    it("never lets a lane's time step back", async () => {
      under = await open();
      const purses = under.store.streams(purse);
      const first = await purses.handle(deposit, command('a', { tokens: 1n }));
      under.step(-60_000);
      const second = await purses.handle(deposit, command('a', { tokens: 1n }));
      expect(second.events[0]!.time).toBe(first.events[0]!.time);
      under.step(120_000);
      const third = await purses.handle(deposit, command('a', { tokens: 1n }));
      expect(third.events[0]!.time).toBeGreaterThanOrEqual(first.events[0]!.time + 59_000);
    });

    it.each([
      ['an hour ahead', 3_600_000],
      ['an hour behind', -3_600_000],
      ['three seconds ahead', 3000],
    ])('takes nothing through a process whose clock is %s, until that is right; others go on', async (_, skewMs) => {
      under = await open();
      let off = skewMs;
      const wrong = await under.another(undefined, () => Date.now() + off);
      const refused = wrong.streams(purse).handle(deposit, command('a', { tokens: 1n }));
      await expect(refused).rejects.toThrow(
        /^the clock of this process is (3600|3)\.\d s (ahead of|behind) the database's/,
      );
      expect(wrong.problems()).toEqual([expect.stringContaining('the clock of this process')]);
      for (const streamId of ['a', 'b', 'c']) {
        const { published } = await under.store.streams(purse).handle(deposit, command(streamId, { tokens: 1n }));
        expect(published).toBe(true);
      }
      off = 0;
      await until(() => wrong.problems().length === 0);
      await wrong.streams(purse).handle(deposit, command('a', { tokens: 1n }));
      off = skewMs;
      await until(() => wrong.problems().length > 0);
      const events = await under.store.eventsAfter(laneOf('a', contractLanes), 0, 100);
      for (const { event } of events) expect(Math.abs(event.time - Date.now())).toBeLessThan(60_000);
    });

    it('tells of lanes whose time is ahead of the clock, and for how long', async () => {
      under = await open({ compareEveryMs: 0, pollEveryMs: 10 });
      under.step(3_600_000);
      await under.store.streams(purse).handle(deposit, command('a', { tokens: 1n }));
      under.step(-3_600_000);
      await until(() => under.store.warnings().length > 0);
      const lane = laneOf('a', contractLanes);
      expect(under.store.warnings()).toEqual([
        expect.stringMatching(new RegExp(`^lane ${lane} is (3600|3[0-5]..) s ahead of the database's clock`)),
      ]);
      expect(under.store.problems()).toEqual([]);
    });

    it('refuses what exceeds its queue', async () => {
      under = await open({ maxWaitingCommands: 10 });
      const purses = under.store.streams(purse);
      const results = await Promise.allSettled(
        Array.from({ length: 25 }, () => purses.handle(deposit, command('a', { tokens: 1n }))),
      );
      const refused = results.filter((result) => result.status === 'rejected');
      expect(refused).toHaveLength(15);
      expect(refused.every((result) => result.reason instanceof Overloaded)).toBe(true);
      expect(await purses.load('a')).toEqual({ tokens: 10n });
    });

    it('refuses nothing that an event leads to, and lets it take no place in the queue', async () => {
      under = await open({ maxWaitingCommands: 10 });
      const purses = under.store.streams(purse);
      const caused = () => ({ ...command('a', { tokens: 1n }), causationId: 'another/0/1' });
      const commands = [
        ...Array.from({ length: 25 }, caused),
        ...Array.from({ length: 10 }, () => command('a', { tokens: 1n })),
      ];
      await Promise.all(commands.map((each) => purses.handle(deposit, each)));
      expect(await purses.load('a')).toEqual({ tokens: 35n });
    });

    it('takes no commands in a lane whose topic knows more than the database', async () => {
      under = await open();
      const purses = under.store.streams(purse);
      const lane = laneOf('a', contractLanes);
      await purses.handle(deposit, command('a', { tokens: 1n }));
      const [known] = under.log.records(purseCatalogue.topic, lane);
      const { event } = eventOfMessage(known!);
      const next = { ...event, sequence: 2, revision: 2 };
      const hash = hashOf(next, event.hash);
      const headers = Object.fromEntries(headersOf({ ...next, hash }, event.hash));
      under.log.smuggle(purseCatalogue.topic, lane, { ...known!, headers });
      const late = await under.another();
      await expect(late.streams(purse).handle(deposit, command('a', { tokens: 1n }))).rejects.toBeInstanceOf(
        LaneStopped,
      );
      expect(late.problems().join()).toContain('run restore');
    });

    it('takes no commands in a lane whose topic tells another history', async () => {
      under = await open();
      const purses = under.store.streams(purse);
      const lane = laneOf('a', contractLanes);
      await purses.handle(deposit, command('a', { tokens: 1n }));
      const [known] = under.log.records(purseCatalogue.topic, lane);
      const { event } = eventOfMessage(known!);
      const other = { ...event, time: event.time + 1 };
      const forged = { ...other, hash: hashOf(other, firstPreviousHash) };
      under.log.drop(purseCatalogue.topic);
      await under.log.createTopic(purseCatalogue.topic, { partitions: contractLanes, replicationFactor: 1 });
      await under.log.append(purseCatalogue.topic, lane, [{ event: forged, previousHash: firstPreviousHash }]);
      const late = await under.another();
      await expect(late.streams(purse).handle(deposit, command('a', { tokens: 1n }))).rejects.toBeInstanceOf(
        LaneStopped,
      );
      expect(late.problems().join()).toContain('the histories have forked');
    });

    it('takes no command that nothing would remain of', async () => {
      under = await open();
      const idle = under.store.streams(purse).handle(() => [], command('a', {}));
      await expect(idle).rejects.toThrow('stated no event');
    });

    it('refuses commands once it closes', async () => {
      under = await open();
      await under.store.close();
      const after = under.store.streams(purse).handle(deposit, command('a', { tokens: 1n }));
      await expect(after).rejects.toBeInstanceOf(StoreUnavailable);
    });
  });
}
