import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { catalogue, event, firstPreviousHash, text } from '@tokengrid/contracts';
import { createEventStoreTables, type Projection } from '@tokengrid/event-store';
import { type BorrowedPostgres, borrowPostgres } from '@tokengrid/infra-local/testing';
import type { DomainEvent } from '@tokengrid/kernel';
import pg from 'pg';
import { z } from 'zod';
import { chainedEvents } from '../chained-events.fixture.ts';
import { ForeignProjectionHandler } from './foreign-projection.ts';
import type { LaneMark } from './lane-mark.ts';
import type { LaneWork } from './lane-work.ts';
import { PolicyMarks } from './policy-marks.ts';
import { loadMark, MarkMoved } from './subscriber-tables.ts';

const Noted = event('Noted', 'Somebody noted something.', z.strictObject({ note: text(40) }));
const Scribbled = event('Scribbled', 'Somebody scribbled something.', z.strictObject({ note: text(40) }));
const notes = catalogue('notes', [Noted, Scribbled] as const);
const lanes = 4;

const noted: Projection<DomainEvent> = {
  name: 'notes',
  tables: ['notes'],
  glance: ({ value }) => (value.includes('glance') ? { note: 'seen' } : undefined),
  begin: () => [],
  on: { Noted: (batch, { data }) => void (batch as string[]).push((data as { note: string }).note) },
  flush: async (sql, batch, lane) =>
    void (await sql.query('insert into notes select $1::int, unnest($2::text[])', [lane, batch])),
};

describe("writes of other services' events", () => {
  let postgres: BorrowedPostgres;
  let pool: pg.Pool;
  let transactions: number;
  let handler: ForeignProjectionHandler;

  beforeAll(async () => {
    postgres = await borrowPostgres();
  }, 60_000);
  afterAll(() => postgres.stop());
  beforeEach(async () => {
    const name = `notes_${randomUUID().slice(0, 8)}`;
    await postgres.ensureDatabase(name);
    pool = new pg.Pool({ connectionString: postgres.url(name), pipeline: true });
    pool.on('error', () => undefined);
    await createEventStoreTables(pool);
    await pool.query("create table notes (lane int, note text check (note <> 'wrong'))");
    for (let lane = 0; lane < lanes; lane++) await loadMark(pool, keyOf(lane));
    transactions = 0;
    // Only transactions take a connection of their own; a single query takes it with a callback.
    const connect = pool.connect.bind(pool) as (...taken: unknown[]) => unknown;
    pool.connect = ((...taken: unknown[]) => {
      if (taken.length === 0) transactions += 1;
      return connect(...taken);
    }) as never;
    const skipped = { has: () => Promise.resolve(false) };
    const marks = new PolicyMarks(pool, 60_000);
    handler = new ForeignProjectionHandler({ from: notes as never, projection: noted }, marks, skipped, {});
  });
  afterEach(() => pool.end());

  const keyOf = (lane: number) => ({ subscriber: 'projection-notes', topic: notes.topic, lane });
  const start: LaneMark = { sequence: 0, hash: firstPreviousHash, offset: 0 };

  /** The first event of a lane. */
  function workOf(lane: number, type: string, note = `of ${lane}`): LaneWork {
    const value = Buffer.from(JSON.stringify({ note }));
    const [{ event: first }] = chainedEvents(1, () => ({ service: 'notes', lane, type, value })) as [
      ReturnType<typeof chainedEvents>[number],
    ];
    const to = { sequence: 1, hash: first.hash, offset: 1 };
    const events = [{ event: first, offset: 0 }];
    return { lane, key: keyOf(lane), events, from: start, to, signal: new AbortController().signal };
  }
  const all = (workIn: (lane: number) => LaneWork) =>
    Promise.allSettled(Array.from({ length: lanes }, (_, lane) => handler.apply(workIn(lane))));
  async function stored() {
    const { rows } = await pool.query<{ lane: number }>('select lane from notes order by lane');
    const marks = await pool.query<{ sequence: string }>('select sequence from subscriber_marks order by lane');
    return [rows.map(({ lane }) => lane), marks.rows.map(({ sequence }) => Number(sequence))];
  }

  it('share one transaction in all lanes that are read together', async () => {
    await all((lane) => workOf(lane, 'Noted'));
    expect(transactions).toBe(1);
    expect(await stored()).toEqual([
      [0, 1, 2, 3],
      [1, 1, 1, 1],
    ]);
  });

  it('have what the projection needs of an event that it tells at a glance, and all of others', async () => {
    await all((lane) => workOf(lane, 'Noted', lane === 1 ? 'for a glance' : 'to be read'));
    const { rows } = await pool.query<{ note: string }>('select note from notes order by lane');
    expect(rows.map(({ note }) => note)).toEqual(['to be read', 'seen', 'to be read', 'to be read']);
  });

  it('need no transaction for events that the projection has no use for', async () => {
    await all((lane) => workOf(lane, 'Scribbled'));
    expect(transactions).toBe(0);
    expect(await stored()).toEqual([[], [0, 0, 0, 0]]);
    for (let lane = 0; lane < lanes; lane++) await handler.attend(lane, () => Promise.resolve(undefined));
    expect(await stored()).toEqual([[], [1, 1, 1, 1]]);
  });

  it("do not fail because of another lane's rows", async () => {
    const results = await all((lane) => workOf(lane, 'Noted', lane === 2 ? 'wrong' : 'right'));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(await stored()).toEqual([
      [0, 1, 3],
      [1, 1, 0, 1],
    ]);
  });

  it('leave alone a lane whose mark another process has moved', async () => {
    await pool.query('update subscriber_marks set sequence = 7 where lane = 1');
    const results = await all((lane) => workOf(lane, 'Noted'));
    const [, moved] = results as [unknown, PromiseRejectedResult];
    expect(moved.reason).toBeInstanceOf(MarkMoved);
    expect(await stored()).toEqual([
      [0, 2, 3],
      [1, 7, 1, 1],
    ]);
  });

  it('do not wait for a lane that another transaction holds', async () => {
    const other = new pg.Client({ connectionString: pool.options.connectionString });
    await other.connect();
    await other.query('begin; select from subscriber_marks where lane = 3 for update');
    const held = handler.apply(workOf(3, 'Noted'));
    await Promise.all([0, 1, 2].map((lane) => handler.apply(workOf(lane, 'Noted'))));
    const during = await stored();
    await other.query('rollback');
    await held;
    await other.end();
    expect(during).toEqual([
      [0, 1, 2],
      [1, 1, 1, 0],
    ]);
  });
});
