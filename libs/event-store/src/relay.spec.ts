import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { eventOfMessage, hashOf, headersOf } from '@tokengrid/contracts';
import { deposit, purse, purseCatalogue } from './contract/purse.ts';
import { InMemoryLog } from './in-memory/in-memory-log.ts';
import { startInMemoryPurses } from './in-memory/in-memory-purses.fixture.ts';
import { InMemoryStorage } from './in-memory/in-memory-storage.ts';
import { LaneStopped } from './command.ts';
import type { LogRecord } from './event-log.ts';
import { defaultLimits } from './event-store-limits.ts';
import type { Lease, LeaseListener } from './leases.ts';
import { Relay } from './relay.ts';

const { topic } = purseCatalogue;
const limits = { ...defaultLimits, answerTimeoutMs: 1000, closeTimeoutMs: 50, retryDelayMs: 5 };

/** Log that can delay its answer about a partition's end. */
class WaitingLog extends InMemoryLog {
  wait: Promise<void> | undefined;
  asked = 0;

  override async offsetsOf(name: string, partition: number) {
    this.asked += 1;
    await this.wait;
    return super.offsetsOf(name, partition);
  }
}

/** Leases under the test's control. */
class GivenLeases {
  private current: Lease | undefined;
  private listener: LeaseListener | undefined;
  private epoch = 0;

  want(_name: string, listener: LeaseListener): void {
    this.listener = listener;
  }

  lease(): Lease | undefined {
    return this.current;
  }

  give(): void {
    this.current = { name: 'relay/0', epoch: ++this.epoch };
    this.listener!.acquired(this.current);
  }

  take(): void {
    const { current } = this;
    this.current = undefined;
    this.listener!.lost(current!);
  }
}

async function oneLane() {
  const log = new WaitingLog();
  await log.createTopic(topic, { partitions: 1, replicationFactor: 1 });
  return { log, storage: new InMemoryStorage(1) };
}

const storeOn = (log: InMemoryLog, storage: InMemoryStorage) => startInMemoryPurses({ log, storage, limits });

const oneToken = () => ({
  id: randomUUID(),
  streamId: 'a',
  correlationId: 'test',
  actor: 'spec',
  data: { tokens: 1n },
});

const relayOf = (log: InMemoryLog, storage: InMemoryStorage, leases: GivenLeases, maxBatch = 10) =>
  new Relay({
    ...{ lane: 0, topic, storage, log, leases, maxBatch, maxHeld: 10 },
    ...{ markEveryMs: 10, compareEveryMs: 10, retryDelayMs: 5 },
    trouble: () => undefined,
    failed: () => undefined,
    appended: () => undefined,
  });

describe('a relay', () => {
  let relay: Relay | undefined;
  afterEach(() => relay?.close(0));

  it('publishes under a lease that came back while it still compared the log under the one before', async () => {
    const { log, storage } = await oneLane();
    const store = await storeOn(log, storage);
    log.away = true;
    await store.streams(purse).handle(deposit, { ...oneToken(), answerOnceStored: true });
    await store.close();
    log.away = false;

    const leases = new GivenLeases();
    relay = relayOf(log, storage, leases);
    let go: () => void = () => undefined;
    log.wait = new Promise((resolve) => (go = resolve));
    leases.give();
    leases.take();
    leases.give();
    log.wait = undefined;
    go();
    await relay.until(1);
    expect(log.records(topic, 0)).toHaveLength(1);
  });

  it('holds what is committed while it appends what it has read, and does not read that, too', async () => {
    const { log, storage } = await oneLane();
    const store = await storeOn(log, storage);
    log.away = true;
    for (let count = 0; count < 2; count++)
      await store.streams(purse).handle(deposit, { ...oneToken(), answerOnceStored: true });
    await store.close();
    log.away = false;

    const { promise: goesOn, resolve: goOn } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const append = log.append.bind(log);
    log.append = async (...args) => {
      begin();
      await goesOn;
      return append(...args);
    };
    const leases = new GivenLeases();
    relay = relayOf(log, storage, leases, 1);
    leases.give();
    await begun;
    const committed = await storage.eventsAfter(0, 1, 1);
    const read = jest.spyOn(storage, 'eventsAfter');
    relay.offer(committed);
    goOn();
    await relay.until(2);
    expect(read).not.toHaveBeenCalled();
    expect(log.records(topic, 0)).toHaveLength(2);
  });
});

describe('a relay that loses its lease while it reads what is stored', () => {
  it('leaves that to whoever has the lease now', async () => {
    const { log, storage } = await oneLane();
    const store = await storeOn(log, storage);
    log.away = true;
    await store.streams(purse).handle(deposit, { ...oneToken(), answerOnceStored: true });
    await store.close();
    log.away = false;

    const { promise: goesOn, resolve: goOn } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const eventsAfter = storage.eventsAfter.bind(storage);
    jest.spyOn(storage, 'eventsAfter').mockImplementationOnce(async (...args) => {
      begin();
      await goesOn;
      return eventsAfter(...args);
    });
    const [leases, others] = [new GivenLeases(), new GivenLeases()];
    const [slow, other] = [relayOf(log, storage, leases), relayOf(log, storage, others)];
    leases.give();
    await begun;
    leases.take();
    others.give();
    await other.until(1);
    goOn();
    await slow.close(1000);
    await other.close(0);
    expect(log.records(topic, 0)).toHaveLength(1);
  });
});

describe('a topic that loses what was published while nothing is appended', () => {
  async function published(events: number) {
    const log = new InMemoryLog();
    const store = await startInMemoryPurses({
      ...{ log, storage: new InMemoryStorage(1), limits: { ...limits, lookAtTopicEveryMs: 5, pollEveryMs: 5 } },
    });
    for (let count = 0; count < events; count++) await store.streams(purse).handle(deposit, oneToken());
    return { log, store };
  }
  async function untilSaid(said: () => readonly string[], text: string): Promise<void> {
    while (!said().some((sentence) => sentence.includes(text))) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  it.each<[string, (log: InMemoryLog) => void | Promise<void>, string]>([
    ['as it is gone', (log) => log.drop(topic), 'the topic tokengrid.purse is gone: run republish'],
    [
      'as it was made anew',
      async (log) => {
        log.drop(topic);
        await log.createTopic(topic, { partitions: 1, replicationFactor: 1 });
      },
      'the topic ends at 0, but events up to 3 were published: run republish',
    ],
    ['as all its records were deleted', (log) => log.cut(topic, 0, 3), 'the topic ends at 0, but events up to 3'],
  ])('is noticed %s', async (_, lose, reason) => {
    const { log, store } = await published(3);
    await lose(log);
    await untilSaid(() => store.problems(), reason);
    await store.close();
  });

  it('is told of where it lacks its beginning, and takes what comes', async () => {
    const { log, store } = await published(3);
    log.cut(topic, 0, 1);
    await untilSaid(() => store.warnings(), 'lane 0: the first events of tokengrid.purse are gone');
    expect(await store.streams(purse).handle(deposit, oneToken())).toMatchObject({ published: true });
    expect(store.problems()).toEqual([]);
    await store.close();
  });
});

/**
 * A well-formed foreign event, which anybody with write access could forge: it follows the last
 * one.
 */
function forgedAfter(record: LogRecord): LogRecord {
  const { event } = eventOfMessage(record);
  const next = { ...event, sequence: event.sequence + 1, revision: event.revision + 1, commandId: randomUUID() };
  const hash = hashOf(next, event.hash);
  return { ...record, headers: Object.fromEntries(headersOf({ ...next, hash }, event.hash)) };
}

describe('a lane into whose topic somebody else writes', () => {
  const stores: Awaited<ReturnType<typeof storeOn>>[] = [];
  const open = async (log: InMemoryLog, storage: InMemoryStorage) => {
    const store = await storeOn(log, storage);
    stores.push(store);
    return store;
  };
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close();
  });

  it('stops when the next event is forged, and acknowledges nothing behind it, after a restart neither', async () => {
    const { log, storage } = await oneLane();
    const store = await open(log, storage);
    const purses = store.streams(purse);
    expect((await purses.handle(deposit, oneToken())).published).toBe(true);
    log.smuggle(topic, 0, forgedAfter(log.records(topic, 0)[0]!));
    const behind = await purses.handle(deposit, oneToken()).catch((error: unknown) => error);
    expect(behind).toMatchObject({ published: false });
    await expect(purses.handle(deposit, oneToken())).rejects.toBeInstanceOf(LaneStopped);
    expect(store.problems().join()).toMatch(
      /lane 0: purse\/0\/2 has another hash in the topic \(offset 1\).*or a foreign client wrote it/,
    );
    await store.close();
    const later = await open(log, storage);
    await expect(later.streams(purse).handle(deposit, oneToken())).rejects.toBeInstanceOf(LaneStopped);
  });

  it('stops when the last event is forged anew', async () => {
    const { log, storage } = await oneLane();
    const store = await open(log, storage);
    const purses = store.streams(purse);
    await purses.handle(deposit, oneToken());
    await purses.handle(deposit, oneToken());
    log.smuggle(topic, 0, forgedAfter(log.records(topic, 0)[0]!));
    expect(await purses.handle(deposit, oneToken())).toMatchObject({ published: false });
    expect(store.problems().join()).toContain('a foreign client wrote it');
  });

  it('goes on where that is no event of the lane, or a repeat', async () => {
    const { log, storage } = await oneLane();
    const store = await open(log, storage);
    const purses = store.streams(purse);
    await purses.handle(deposit, oneToken());
    const [first] = log.records(topic, 0);
    const damaged = { ...forgedAfter(first!), value: Buffer.from('{}') };
    for (const record of [{ ...first!, headers: {} }, first!, damaged, { ...forgedAfter(first!), isForeign: true }])
      log.smuggle(topic, 0, record);
    expect(await purses.handle(deposit, oneToken())).toMatchObject({ published: true });
    expect(store.problems()).toEqual([]);
  });

  it('is not written to by a process that has no key for its seals', async () => {
    const { log, storage } = await oneLane();
    const store = await open(log, storage);
    await store.streams(purse).handle(deposit, oneToken());
    await store.close();
    log.smuggle(topic, 0, { ...log.records(topic, 0)[0]!, isSealed: true });
    const unsealed = await open(log, storage);
    await expect(unsealed.streams(purse).handle(deposit, oneToken())).rejects.toThrow('set EVENT_SEAL_KEYS');
  });
});

describe("a relay's mark", () => {
  it('is not moved by one whose lease another has had since', async () => {
    const { storage } = await oneLane();
    const mark = (sequence: number) => ({ sequence, hash: '', offset: sequence });
    expect(await storage.movePublishedMark(0, 2, mark(9), false)).toBe(true);
    expect(await storage.movePublishedMark(0, 1, mark(4), false)).toBe(false);
    expect(await storage.publishedMark(0)).toEqual(mark(9));
  });
});

describe('an answer', () => {
  it('waits for the log alone, not for the mark of what is published, which follows it', async () => {
    const { log, storage } = await oneLane();
    const store = await storeOn(log, storage);
    const purses = store.streams(purse);
    // The lane has been taken over, and the earlier events are marked.
    await purses.handle(deposit, oneToken());
    const move = storage.movePublishedMark.bind(storage);
    const { promise: stuck, resolve: goOn } = Promise.withResolvers<void>();
    storage.movePublishedMark = async (...mark) => {
      await stuck;
      return move(...mark);
    };
    for (let count = 0; count < 3; count++)
      expect(await purses.handle(deposit, oneToken())).toMatchObject({ published: true });
    expect((await storage.publishedMark(0)).sequence).toBeLessThan(4);
    goOn();
    await store.close();
    expect(await storage.publishedMark(0)).toMatchObject({ sequence: 4 });
  });
});

describe('a store that starts while another one publishes', () => {
  it('does not mistake what was published meanwhile for a loss', async () => {
    const { log, storage } = await oneLane();
    const publisher = await storeOn(log, storage);
    await publisher.streams(purse).handle(deposit, oneToken());
    const mark = storage.publishedMark.bind(storage);
    storage.publishedMark = async (lane) => {
      // The other store continues between any two polls of this one.
      await publisher.streams(purse).handle(deposit, oneToken());
      await publisher.close();
      return mark(lane);
    };
    const late = await storeOn(log, storage);
    expect(late.problems()).toEqual([]);
    await late.close();
  });
});
