import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { derivedId } from '@tokengrid/contracts';
import { createEventStoreTables, writeProjection } from '@tokengrid/event-store';
import { tableFaults } from '@tokengrid/event-store/postgres';
import { type BorrowedPostgres, borrowPostgres } from '@tokengrid/infra-local/testing';
import type { DomainEvent } from '@tokengrid/kernel';
import pg from 'pg';
import { elsewhereMark, markKeyOf, repeatsToldMs } from '../decisions/rules/marks.ts';
import { MeteringProjections1764200000000 } from '../migrations/1764200000000-metering-projections.ts';
import { UsageMarks1764200000002 } from '../migrations/1764200000002-usage-marks.ts';
import { parked } from './parked.projection.ts';
import { daysOfPart, markParts, usageMarks, usesLookUp } from './usage-marks.projection.ts';
import { emptyOldMarks, marksKeptMs } from './usage-marks.sweep.ts';

const lane = 1;
const dayMs = 24 * 60 * 60 * 1000;
const keyOf = (name: string) => markKeyOf(derivedId('usg', name));

describe('marks of uses', () => {
  let postgres: BorrowedPostgres;
  let pool: pg.Pool;
  let sequence = 0;

  beforeAll(async () => {
    postgres = await borrowPostgres();
    await postgres.ensureDatabase('marks');
    pool = new pg.Pool({ connectionString: postgres.url('marks'), max: 4 });
    pool.on('error', () => undefined);
    await createEventStoreTables(pool);
    const runner = { query: (text: string) => pool.query(text) } as never;
    for (const migration of [new MeteringProjections1764200000000(), new UsageMarks1764200000002()])
      await migration.up(runner);
  }, 60_000);
  beforeEach(() => pool.query('truncate usage_marks, parked_usage'));
  afterAll(async () => {
    await pool.end();
    await postgres.stop();
  });

  const stored = (type: 'UsageRated' | 'UsageParked', time: number, names: readonly string[]) => ({
    ...{ type, time, sequence: ++sequence },
    data: { uses: names.map((name) => ({ usageId: derivedId('usg', name) })) },
  });
  const store = (events: readonly ReturnType<typeof stored>[], ofLane = lane) =>
    writeProjection(pool, usageMarks as never, ofLane, events as never);
  const found = async (name: string, ofLane = lane) =>
    (await usesLookUp.read(pool, ofLane, [keyOf(name)])).get(keyOf(name));

  it('tell where each use stands, in its lane, rated or parked', async () => {
    const rated = stored('UsageRated', 0, ['a', 'b']);
    const parked = stored('UsageParked', 0, ['c']);
    await store([rated, parked]);
    const keys = ['a', 'b', 'c', 'd'].map(keyOf);
    const expected = [
      [keyOf('a'), `rated ${rated.sequence} 0`],
      [keyOf('b'), `rated ${rated.sequence} 1`],
      [keyOf('c'), `parked ${parked.sequence} 0`],
    ] as const;
    expect(await usesLookUp.read(pool, lane, keys)).toEqual(new Map(expected));
    const set = [rated, parked].flatMap((event) => [...usesLookUp.setBy(event as never)]);
    expect(set).toEqual(expected);
  });

  it('tell in every lane that a use was reported with a payer of another one, and the own use first', async () => {
    const rated = stored('UsageRated', 0, ['a']);
    await store([rated]);
    expect(await found('a', 0)).toBe(elsewhereMark);
    const own = stored('UsageRated', daysOfPart * dayMs, ['a']);
    await store([own], 0);
    expect(await found('a', 0)).toBe(`rated ${own.sequence} 0`);
    expect(await found('a')).toBe(`rated ${rated.sequence} 0`);
    expect(await found('a', 2)).toBe(elsewhereMark);
  });

  it('ignore events of other streams', () => {
    const other: DomainEvent = { type: 'ReportReceived', data: {} };
    expect([...usesLookUp.setBy(other as never)]).toEqual([]);
  });

  it.each([
    ['the same batch', 0, true],
    ['the same three weeks', 1, false],
    ['other three weeks', daysOfPart, false],
    ['the three weeks before the partition recurs', (markParts - 1) * daysOfPart, false],
  ])('tell the last state of a use that is parked and rated in %s', async (_, days, together) => {
    const parked = stored('UsageParked', 0, ['a', 'b']);
    const rated = stored('UsageRated', days * dayMs, ['b']);
    if (together) await store([parked, rated]);
    else for (const event of [parked, rated]) await store([event]);
    expect(await found('a')).toBe(`parked ${parked.sequence} 0`);
    expect(await found('b')).toBe(`rated ${rated.sequence} 0`);
  });

  it('outlive the time in which repeats are told, by a day at least, and go not long after', async () => {
    const days = 2 * markParts * daysOfPart;
    const longest = marksKeptMs / dayMs + daysOfPart;
    const sweeps: string[] = [];
    for (let day = 0; day < days; day++) {
      const time = day * dayMs + dayMs / 2;
      sweeps.push(...(await emptyOldMarks(pool, time)));
      await store([stored('UsageRated', time, [`of day ${day}`])]);
      const keys = Array.from({ length: day + 1 }, (_, each) => keyOf(`of day ${each}`));
      const known = await usesLookUp.read(pool, lane, keys);
      const ages = keys.flatMap((key, each) => (known.has(key) ? [day - each] : []));
      const needed = Math.min(day, repeatsToldMs / dayMs + 1);
      expect(ages.filter((age) => age <= needed)).toHaveLength(needed + 1);
      expect(Math.max(...ages)).toBeLessThanOrEqual(longest);
    }
    expect(sweeps.slice(0, 3)).toEqual(['usage_marks_0', 'usage_marks_1', 'usage_marks_2']);
    const { rows } = await pool.query('select from lost_rows');
    expect(rows).toEqual([]);
  });

  it('are kept longer, not shorter, where no sweep came for a whole round', async () => {
    await store([stored('UsageRated', 0, ['old'])]);
    const round = markParts * daysOfPart * dayMs;
    await store([stored('UsageRated', round, ['young'])]);
    expect(await emptyOldMarks(pool, round + repeatsToldMs)).toEqual([]);
    expect(await found('old')).toBeDefined();
    expect(await emptyOldMarks(pool, round + marksKeptMs)).toEqual(['usage_marks_0']);
    expect(await found('young')).toBeUndefined();
  });

  it('are not needed for a use that is parked: it is found for as long as it waits', async () => {
    const use = { usageId: derivedId('usg', 'patient'), reportedBy: 'operator', waitsFor: 'model:later' };
    const event = { ...stored('UsageParked', 0, []), data: { partyId: 'sub', uses: [use] } };
    await writeProjection(pool, parked as never, lane, [event] as never);
    expect(await found('patient')).toBe(`parked ${event.sequence} 0`);
    expect(await found('patient', 0)).toBeUndefined();
  });

  it("are found by each partition's index of keys, not by a scan", async () => {
    const client = await pool.connect();
    // As in every transaction on lanes.
    await client.query('set enable_seqscan = off');
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      `explain (costs off) select lane, key from usage_marks where key = any('{a,b}'::text[])`,
    );
    client.release(true);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    for (let part = 0; part < markParts; part++) expect(plan).toMatch(`usage_marks_${part}_key_idx`);
    expect(plan).not.toContain('Seq Scan');
    expect(await tableFaults(pool)).toEqual([]);
  });
});
