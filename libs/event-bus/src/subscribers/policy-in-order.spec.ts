import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { catalogue, event, EventSkipped, hashOf, text } from '@tokengrid/contracts';
import {
  type ChainedEvent,
  createEventStoreTables,
  InMemoryLeases,
  LeaseKeeper,
  StoreUnavailable,
} from '@tokengrid/event-store';
import { type BorrowedPostgres, borrowPostgres } from '@tokengrid/infra-local/testing';
import pg from 'pg';
import { z } from 'zod';
import { chainedEvents } from '../chained-events.fixture.ts';
import { FollowedLog } from '../tailing-log.fixture.ts';
import { PolicyHandler } from './policy-handler.ts';
import { PolicyMarks } from './policy-marks.ts';
import type { Reaction } from './reaction.ts';
import { SkippedAhead } from './skipped-ahead.ts';
import { Subscriber } from './subscriber.ts';
import { defaultSubscriberLimits } from './subscriber-options.ts';

const Noted = event('Noted', 'Somebody noted something.', z.strictObject({ note: text(40) }));
const notes = catalogue('notes', [Noted] as const);
const { topic } = notes;
const name = 'when-noted-count';

/** Notes in one lane; an empty one is unreadable, one without a type is of none that is wanted. */
const history = (...said: (string | undefined)[]) =>
  chainedEvents(said.length, (index) => ({
    ...{ service: 'notes', type: said[index] === undefined ? 'Scribbled' : 'Noted', streamId: `a ${index}` },
    value: Buffer.from(JSON.stringify(said[index] ? { note: said[index] } : {})),
  }));

interface Note {
  readonly sequence: number;
  readonly data: { readonly note: string };
}

describe('a policy in order', () => {
  let postgres: BorrowedPostgres;
  let pool: pg.Pool;
  let log: FollowedLog;
  let leases: LeaseKeeper;
  let subscriber: Subscriber | undefined;
  /** Batches that came, and the notes that were taken, once each: what a state remembers. */
  let batches: number[][];
  let taken: string[];
  let takenTo: number;
  let faulty: string | undefined;

  beforeAll(async () => {
    postgres = await borrowPostgres();
  }, 60_000);
  afterAll(() => postgres.stop());
  beforeEach(async () => {
    const database = `notes_${randomUUID().slice(0, 8)}`;
    await postgres.ensureDatabase(database);
    pool = new pg.Pool({ connectionString: postgres.url(database) });
    // A connection may still end when Postgres does.
    pool.on('error', () => undefined);
    await createEventStoreTables(pool);
    log = new FollowedLog();
    await log.createTopic(topic, { partitions: 1, replicationFactor: 1 });
    leases = new LeaseKeeper(new InMemoryLeases(), 'me', { ttlMs: 60_000, renewEveryMs: 10_000 }, () => undefined);
    [batches, taken, takenTo, faulty] = [[], [], 0, undefined];
  });
  afterEach(async () => {
    await subscriber?.close();
    await leases.close();
    await pool.end();
  });

  const append = (events: readonly ChainedEvent[]) => log.append(topic, 0, events);

  /** Takes what it has not taken yet, all or nothing. */
  function take(batch: readonly Note[]): Promise<void> {
    batches.push(batch.map(({ sequence }) => sequence));
    if (batch.some(({ data }) => data.note === faulty)) return Promise.reject(new Error(`${faulty!} is faulty`));
    for (const { sequence, data } of batch) {
      if (sequence > takenTo) taken.push(data.note);
      takenTo = Math.max(takenTo, sequence);
    }
    return Promise.resolve();
  }

  async function follow(react: (batch: readonly Note[], reaction: Reaction) => Promise<unknown> = take): Promise<void> {
    const limits = {
      ...{ ...defaultSubscriberLimits, maxWaitMs: 20, retryDelayMs: 5 },
      ...{ maxRetryDelayMs: 20, attendEveryMs: 5 },
    };
    const definition = { name, from: notes as never, on: ['Noted'], inOrder: true as const };
    const marks = new PolicyMarks(pool, 0);
    const published = () => Promise.resolve();
    const handler = new PolicyHandler(definition, react, marks, published, new SkippedAhead(log, notes), {}, 0);
    subscriber = new Subscriber({ handler, log, pool, leases, limits, observer: {} });
    subscriber.start(1);
    await leases.start();
  }

  async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const problems = () => subscriber!.problems();
  const mark = async () =>
    Number((await pool.query<{ sequence: string }>('select sequence from subscriber_marks')).rows[0]?.sequence ?? 0);
  const parked = async () => (await pool.query('select from parked_events')).rowCount;

  async function skip({ event: skipped }: ChainedEvent, last: ChainedEvent): Promise<void> {
    const { sequence, hash, streamId, type } = skipped;
    const value = Buffer.from(JSON.stringify(EventSkipped({ sequence, hash, streamId, type, because: 'a test' }).data));
    const { sequence: before, hash: previousHash } = last.event;
    const unhashed = { ...last.event, sequence: before + 1, type: 'EventSkipped', streamId: 'skipped-0-0', value };
    await append([{ event: { ...unhashed, hash: hashOf(unhashed, previousHash) }, previousHash }]);
  }

  it('gets what was read of a lane at once, without what it is not on', async () => {
    await append(history('a', undefined, 'b', 'c'));
    await follow();
    await until(async () => (await mark()) === 4);
    expect([batches, taken]).toEqual([[[1, 3, 4]], ['a', 'b', 'c']]);
  });

  it('stops before an event that fails by itself, behind all that came before it, and parks nothing', async () => {
    faulty = 'c';
    await append(history('a', 'b', undefined, 'c', 'd'));
    await follow();
    await until(() => problems().length > 0);
    expect(problems()).toEqual([`${name}, lane 0: notes/0/4: c is faulty`]);
    expect([taken, await mark(), await parked()]).toEqual([['a', 'b'], 3, 0]);
  });

  it('goes on by itself once the event is repaired', async () => {
    faulty = 'b';
    await append(history('a', 'b', 'c'));
    await follow();
    await until(() => problems().length > 0);
    faulty = undefined;
    await until(async () => (await mark()) === 3);
    expect(taken).toEqual(['a', 'b', 'c']);
    await until(() => problems().length === 0);
  });

  it('goes on without an event that can’t be read once it is skipped', async () => {
    const events = history('a', '', 'c');
    await append(events);
    await follow();
    await until(() => problems().length > 0);
    expect([taken, await mark()]).toEqual([['a'], 1]);
    await skip(events[1]!, events[2]!);
    await until(async () => (await mark()) === 4);
    expect([taken, await parked()]).toEqual([['a', 'c'], 0]);
    await until(() => problems().length === 0);
  });

  it('waits out an outage with the whole batch, and does not try events one by one', async () => {
    let outages = 3;
    await append(history('a', 'b'));
    await follow((batch) => {
      if (outages-- > 0) {
        batches.push(batch.map(({ sequence }) => sequence));
        return Promise.reject(new StoreUnavailable('away'));
      }
      return take(batch);
    });
    await until(async () => (await mark()) === 2);
    expect([batches, taken]).toEqual([Array.from({ length: 4 }, () => [1, 2]), ['a', 'b']]);
  });

  it('makes commands whose ids and causes tell the batch', async () => {
    const made: { id: string; causationId?: string | undefined }[] = [];
    faulty = 'none';
    await append(history('a', 'b'));
    await follow((batch, reaction) => {
      const { id, causationId } = reaction.to('a stream', {});
      made.push({ id, causationId });
      return made.length === 1 ? Promise.reject(new Error('once')) : take(batch);
    });
    await until(async () => (await mark()) === 2);
    expect(made.map(({ causationId }) => causationId)).toEqual(['notes/0/2', 'notes/0/1', 'notes/0/2']);
    expect(new Set(made.map(({ id }) => id)).size).toBe(3);
  });
});
