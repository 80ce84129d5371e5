import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { catalogue, event, EventSkipped, hashOf, text } from '@tokengrid/contracts';
import {
  type ChainedEvent,
  createEventStoreTables,
  InMemoryLeases,
  LeaseKeeper,
  type Projection,
  StreamUnreadable,
} from '@tokengrid/event-store';
import { type BorrowedPostgres, borrowPostgres } from '@tokengrid/infra-local/testing';
import type { DomainEvent } from '@tokengrid/kernel';
import pg from 'pg';
import { z } from 'zod';
import { chainedEvents } from '../chained-events.fixture.ts';
import { FollowedLog } from '../tailing-log.fixture.ts';
import { ForeignProjectionHandler } from './foreign-projection.ts';
import { PolicyHandler } from './policy-handler.ts';
import { PolicyMarks } from './policy-marks.ts';
import { SkippedAhead } from './skipped-ahead.ts';
import { Subscriber } from './subscriber.ts';
import { defaultSubscriberLimits, type SubscriberHandler } from './subscriber-options.ts';

const Noted = event('Noted', 'Somebody noted something.', z.strictObject({ note: text(40) }));
const Scribbled = event('Scribbled', 'Somebody scribbled something.', z.strictObject({ shape: text(40) }));
const notes = catalogue('notes', [Noted, Scribbled] as const);
const { topic } = notes;

const projectionOf = (streamsApart: boolean): Projection<DomainEvent> => ({
  name: 'notes',
  tables: ['notes'],
  ...(streamsApart && { streamsApart }),
  begin: () => [],
  on: {
    Noted: (batch, { streamId, data }) =>
      void (batch as string[]).push(`${streamId} ${(data as { note: string }).note}`),
  },
  flush: async (sql, batch) => void (await sql.query('insert into notes select unnest($1::text[])', [batch])),
});

/** Notes in one lane: `a 1` is stream and note; an empty note is unreadable. */
const history = (...said: string[]) =>
  chainedEvents(said.length, (index) => {
    const [streamId, note] = said[index]!.split(' ') as [string, string?];
    return { service: 'notes', type: 'Noted', streamId, value: Buffer.from(JSON.stringify(note ? { note } : {})) };
  });

/** Every second event has an unwanted type, and is unreadable. */
const historyWith = (unwanted: string, count: number) =>
  chainedEvents(count, (index) => ({
    ...{ service: 'notes', streamId: 'a', type: index % 2 === 0 ? 'Noted' : unwanted },
    value: Buffer.from(index % 2 === 0 ? JSON.stringify({ note: `${index + 1}` }) : '{'),
  }));

describe("an event of another service that can't be read", () => {
  let postgres: BorrowedPostgres;
  let pool: pg.Pool;
  let log: FollowedLog;
  let leases: LeaseKeeper;
  let subscriber: Subscriber | undefined;
  const parked: string[] = [];

  beforeAll(async () => {
    postgres = await borrowPostgres();
  }, 60_000);
  afterAll(() => postgres.stop());
  beforeEach(async () => {
    const name = `notes_${randomUUID().slice(0, 8)}`;
    await postgres.ensureDatabase(name);
    pool = new pg.Pool({ connectionString: postgres.url(name) });
    // The last look for replays may still run when the server stops.
    pool.on('error', () => undefined);
    await createEventStoreTables(pool);
    await pool.query('create table notes (note text)');
    log = new FollowedLog();
    await log.createTopic(topic, { partitions: 1, replicationFactor: 1 });
    leases = new LeaseKeeper(new InMemoryLeases(), 'me', { ttlMs: 60_000, renewEveryMs: 10_000 }, () => undefined);
    parked.length = 0;
  });
  afterEach(async () => {
    await subscriber?.close();
    await leases.close();
    await pool.end();
  });

  const append = (events: readonly ChainedEvent[]) => log.append(topic, 0, events);
  /** The operator's skip, behind the lane's last event. */
  async function skip({ event: skipped }: ChainedEvent, last: ChainedEvent): Promise<void> {
    const { sequence, hash, streamId, type } = skipped;
    const value = Buffer.from(JSON.stringify(EventSkipped({ sequence, hash, streamId, type, because: 'a test' }).data));
    const { sequence: before, hash: previousHash } = last.event;
    const unhashed = { ...last.event, sequence: before + 1, type: 'EventSkipped', streamId: 'skipped-0-0', value };
    await append([{ event: { ...unhashed, hash: hashOf(unhashed, previousHash) }, previousHash }]);
  }

  async function follow(handler: SubscriberHandler): Promise<void> {
    const limits = {
      ...defaultSubscriberLimits,
      maxWaitMs: 20,
      retryDelayMs: 5,
      maxRetryDelayMs: 20,
      attendEveryMs: 5,
    };
    subscriber = new Subscriber({ handler, log, pool, leases, limits, observer: {} });
    subscriber.start(1);
    await leases.start();
  }
  const project = (streamsApart: boolean) =>
    follow(
      new ForeignProjectionHandler(
        { from: notes as never, projection: projectionOf(streamsApart) },
        new PolicyMarks(pool, 0),
        new SkippedAhead(log, notes),
        { parked: (_, { sequence }) => parked.push(String(sequence)) },
      ),
    );
  const shown = async () => (await pool.query<{ note: string }>('select note from notes')).rows.map(({ note }) => note);
  const problems = () => subscriber!.problems();
  async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const untilShown = (...wanted: string[]) => until(async () => (await shown()).join() === wanted.join());

  it('holds up its stream alone where a projection keeps streams apart, and says so', async () => {
    await append(history('a 1', 'b', 'a 2', 'b 3', 'a 4'));
    await project(true);
    await untilShown('a 1', 'a 2', 'a 4');
    await until(() => problems().length > 0);
    expect(problems()).toEqual(['projection-notes: stream b is blocked by the unreadable event notes/0/2']);
    expect(parked).toEqual(['2', '4']);
  });

  it('holds up the lane where it does not, behind what came before, and says so', async () => {
    await append(history('a 1', 'b', 'a 2'));
    await project(false);
    await until(() => problems().length > 0);
    expect(await shown()).toEqual(['a 1']);
    expect(problems().join()).toContain('projection-notes, lane 0: notes/0/2: Noted: /note');
  });

  it.each([true, false])(
    'is passed over once it is skipped, and what waited comes (streams apart: %s)',
    async (apart) => {
      const events = history('a 1', 'b', 'b 3', 'a 4');
      await append(events);
      await project(apart);
      await until(() => problems().length > 0);
      await skip(events[1]!, events[3]!);
      const all = apart ? ['a 1', 'a 4', 'b 3'] : ['a 1', 'b 3', 'a 4'];
      await untilShown(...all);
      await until(() => problems().length === 0);
      expect((await pool.query('select from parked_events')).rowCount).toBe(0);
    },
  );

  it.each([true, false])('holds up nothing if it had been skipped before (streams apart: %s)', async (apart) => {
    const events = history('a 1', 'b', 'b 3', 'a 4');
    await append(events);
    await skip(events[1]!, events[3]!);
    await project(apart);
    await untilShown('a 1', 'b 3', 'a 4');
    expect([problems(), parked]).toEqual([[], []]);
  });

  it('is not passed over because another one is skipped', async () => {
    const events = history('a', 'b', 'a 3');
    await append(events);
    await skip(events[1]!, events[2]!);
    await project(false);
    await until(() => problems().length > 0);
    expect([await shown(), problems().join()]).toEqual([[], expect.stringContaining('notes/0/1')]);
  });

  it('is applied, with what waited behind it, by a process that can read it', async () => {
    await append(history('b', 'b 2', 'a 3'));
    await project(true);
    await untilShown('a 3');
    await subscriber!.close();
    await leases.close();
    leases = new LeaseKeeper(new InMemoryLeases(), 'newer', { ttlMs: 60_000, renewEveryMs: 10_000 }, () => undefined);
    const LooseNote = event('Noted', 'Somebody noted something.', z.object({ note: text(40).default('nothing') }));
    const newer = catalogue('notes', [LooseNote] as const);
    const handler = new ForeignProjectionHandler(
      { from: newer as never, projection: projectionOf(true) },
      new PolicyMarks(pool, 0),
      new SkippedAhead(log, newer),
      {},
    );
    await follow(handler);
    await untilShown('a 3', 'b nothing', 'b 2');
    await until(() => problems().length === 0);
  });

  it('is parked by a policy, and let go with what waits behind it once it is skipped', async () => {
    const reacted: string[] = [];
    const events = history('a 1', 'b', 'b 3', 'a 4');
    await append(events);
    const definition = { name: 'when-noted-react', from: notes as never, on: ['Noted'] };
    const react = ({ id }: { id: string }) => Promise.resolve(void reacted.push(id));
    const observer = { parked: (_: string, { sequence }: { sequence: number }) => parked.push(String(sequence)) };
    const published = () => Promise.resolve();
    await follow(
      new PolicyHandler(definition, react, new PolicyMarks(pool, 0), published, new SkippedAhead(log, notes), observer),
    );
    await until(() => parked.includes('2'));
    await skip(events[1]!, events[3]!);
    await until(async () => (await pool.query('select from parked_events')).rowCount === 0);
    expect(new Set(reacted)).toEqual(new Set(['notes/0/1', 'notes/0/3', 'notes/0/4']));
  });

  it("is parked by a policy as well where it stands in the own service's stream that the command is for", async () => {
    await append(history('a 1', 'b 2'));
    const reacted: string[] = [];
    const react = ({ id, streamId }: { id: string; streamId: string }) => {
      reacted.push(id);
      const failure = new StreamUnreadable('own', 'own/0/1', new Error('it is broken'));
      return streamId === 'a' ? Promise.reject(failure) : Promise.resolve();
    };
    const definition = { name: 'when-noted-react', from: notes as never, on: ['Noted'] };
    const published = () => Promise.resolve();
    await follow(
      new PolicyHandler(definition, react, new PolicyMarks(pool, 0), published, new SkippedAhead(log, notes), {}),
    );
    await until(async () => (await pool.query('select from parked_events')).rowCount === 1);
    expect(reacted).toEqual(['notes/0/1', 'notes/0/2']);
    expect(problems()).toEqual([]);
  });

  const markOf = async (subscriber: string) =>
    (
      await pool.query<{ sequence: string }>('select sequence from subscriber_marks where subscriber = $1', [
        subscriber,
      ])
    ).rows[0]?.sequence;

  // `constructor` is a name that every object has.
  it.each(['Scribbled', 'NotYetDeclared', 'constructor'])(
    'holds up nothing where nobody wants its type, %s: the mark goes on behind it',
    async (unwanted) => {
      await append(historyWith(unwanted, 4));
      await project(false);
      await untilShown('a 1', 'a 3');
      await until(async () => (await markOf('projection-notes')) === '4');
      expect([problems(), parked]).toEqual([[], []]);
    },
  );

  it.each([1, 2])('stops the lane if it is missing, wanted or not: the one after %s', async (before) => {
    const events = historyWith('Scribbled', 5);
    await append([...events.slice(0, before), ...events.slice(before + 1)]);
    await project(true);
    await until(() => problems().length > 0);
    expect(problems().join()).toContain(`notes/0/${before + 2} came after sequence ${before}`);
    expect(await shown()).toEqual(['a 1']);
  });

  it('leads to nothing in a policy that is not on it, whose mark goes on behind it', async () => {
    await append(historyWith('Scribbled', 4));
    const reacted: string[] = [];
    const react = ({ id }: { id: string }) => Promise.resolve(void reacted.push(id));
    const definition = { name: 'when-noted-react', from: notes as never, on: ['Noted'] };
    const published = () => Promise.resolve();
    const skipped = new SkippedAhead(log, notes);
    await follow(new PolicyHandler(definition, react, new PolicyMarks(pool, 0), published, skipped, {}));
    await until(async () => (await markOf('when-noted-react')) === '4');
    expect([reacted, problems()]).toEqual([['notes/0/1', 'notes/0/3'], []]);
  });
});
