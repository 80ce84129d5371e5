import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Catalogue, readData } from '@tokengrid/contracts';
import { type DataDefinition, type Projection, type SqlWriter, writeProjectionOfLanes } from '@tokengrid/event-store';
import {
  acrossLanes,
  type DeclaredTable,
  declaredTables,
  lanesOf,
  putLanesApart,
  tableFaults,
} from '@tokengrid/event-store/postgres';
import { type BorrowedPostgres, borrowPostgres } from '@tokengrid/infra-local/testing';
import type { DomainEvent, Recorded } from '@tokengrid/kernel';
import pg from 'pg';
import { root } from '../root.ts';

type Migrations = DataDefinition['migrations'];

/** A database of a service, and the projections that write to it. */
interface ServiceDatabase {
  readonly name: string;
  readonly migrations: Migrations;
  readonly projections: readonly { readonly from: Catalogue; readonly projection: Projection<DomainEvent> }[];
}

/** Exports of a source file. */
const read = async (path: string) => (await import(pathToFileURL(join(root, path)).href)) as Record<string, unknown>;

async function serviceDatabase(path: string): Promise<ServiceDatabase> {
  const definition = (await read(path))['definition'] as DataDefinition;
  const own = definition.projections.map((projection) => ({ from: definition.catalogue, projection }));
  const { catalogue, migrations, foreignProjections } = definition;
  return { name: catalogue.service, migrations, projections: [...own, ...foreignProjections] };
}

/** Migrations outside the services' definitions, which are of further databases. */
async function otherDatabases(services: readonly ServiceDatabase[]): Promise<readonly ServiceDatabase[]> {
  const known = new Set(services.flatMap(({ migrations }) => migrations));
  const byFolder = Map.groupBy(globSync('apps/*/src/**/migrations/*.ts', { cwd: root }).sort(), (path) =>
    path.slice(0, path.lastIndexOf('/')),
  );
  const others = await Promise.all(
    [...byFolder].map(async ([folder, paths]) => {
      const modules = await Promise.all(paths.map(read));
      const migrations = modules.flatMap((exported) => Object.values(exported) as unknown as Migrations);
      return { name: folder, migrations: migrations.filter((each) => !known.has(each)), projections: [] };
    }),
  );
  return others.filter(({ migrations }) => migrations.length > 0);
}

const services = await Promise.all(
  globSync('apps/*/src/service.definition.ts', { cwd: root }).sort().map(serviceDatabase),
);
const databases = [...services, ...(await otherDatabases(services))];

/** Number of partitions, and the lane of the projected events. */
const lanes = 3;
const lane = 1;

let postgres: BorrowedPostgres;
beforeAll(async () => {
  postgres = await borrowPostgres();
}, 60_000);
afterAll(() => postgres.stop());

/** Golden sample of each event of a catalogue, in {@link lane}. */
function samplesOf(catalogue: Catalogue): readonly Recorded<DomainEvent>[] {
  const { service } = catalogue;
  const text = readFileSync(join(root, `libs/contracts/src/samples/${service}.json`), 'utf8');
  const samples = JSON.parse(text) as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  return Object.entries(catalogue.events).flatMap(([type, { version }], at) => {
    const sample = samples[type]?.[version];
    if (sample === undefined) return [];
    const sequence = at + 1;
    const data = readData(catalogue, { type, version, value: Buffer.from(JSON.stringify(sample)) });
    const place = { service, lane, sequence, id: `${service}/${lane}/${sequence}`, streamId: 'a stream', revision: 1 };
    const cause = { commandId: 'a command', causationId: 'a cause', correlationId: 'a request', actor: 'a caller' };
    return [{ type, data, ...place, ...cause, time: 1_767_225_600_000 } as Recorded<DomainEvent>];
  });
}

interface Statement {
  readonly text: string;
  readonly parameters: readonly unknown[];
}

/** Statements of a projection for each of some events. */
async function statementsOf(
  projection: Projection<DomainEvent>,
  events: readonly Recorded<DomainEvent>[],
): Promise<readonly Statement[]> {
  const sent: Statement[] = [];
  const query = (text: string, parameters: readonly unknown[] = []) => Promise.resolve(sent.push({ text, parameters }));
  for (const event of events) {
    const collect = projection.on[event.type];
    if (typeof collect !== 'function') continue;
    const batch = projection.begin();
    collect(batch, event);
    await projection.flush({ query }, batch, lane);
  }
  return sent;
}

const selectChecks = `
  select format('alter table %s drop constraint %I', conrelid::regclass, conname) as drop
  from pg_constraint where contype = 'c' and conrelid = any($1::regclass[])`;

/**
 * Rows that a projection writes of the same batches of events in several lanes, by table; nothing
 * is kept.
 */
async function rowsOf(
  pool: pg.Pool,
  projection: Projection<DomainEvent>,
  batches: readonly (readonly Recorded<DomainEvent>[])[],
  together: boolean,
): Promise<readonly unknown[]> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    // One sample of each event is not a history: it may owe less than nothing.
    const { rows: drops } = await client.query<{ drop: string }>(selectChecks, [projection.tables]);
    for (const { drop } of drops) await client.query(drop);
    for (const events of batches) {
      const ofLanes = Array.from({ length: lanes }, (_, of) => ({
        lane: of,
        events: events.map((event) => ({ ...event, lane: of })),
      }));
      await writeProjectionOfLanes(client as SqlWriter, projection, ofLanes, together);
    }
    const rows: unknown[] = [];
    for (const table of projection.tables)
      rows.push((await client.query(`select * from ${table} row order by row::text`)).rows);
    return rows;
  } finally {
    await client.query('rollback');
    client.release();
  }
}

/** Inserts that may write rows of several lanes: a plan does not tell where inserted rows go. */
function insertFaults(text: string, tables: readonly DeclaredTable[]): readonly string[] {
  return tables.flatMap(({ table, laneColumn }) => {
    const inserts = [...text.matchAll(new RegExp(`insert into ${table}\\b[^(]*\\(\\s*(\\w+)[^)]*\\)\\s*(.*)`, 'g'))];
    return inserts
      .filter(([, first, rest]) => first !== laneColumn || !/^(select|values \()\s*\$\d+/.test(rest!))
      .map(([insert]) => `${insert}: the first column is to be ${laneColumn}, one parameter for all rows`);
  });
}

/** Functions of a database by name, with their statements. */
async function functionsIn(pool: pg.Pool): Promise<ReadonlyMap<string, readonly string[]>> {
  const { rows } = await pool.query<{ name: string; source: string }>(
    `select proname as name, prosrc as source from pg_proc
     where pronamespace = current_schema()::regnamespace and prorettype <> 'trigger'::regtype`,
  );
  return new Map(rows.map(({ name, source }) => [name, source.split(';')]));
}

const names = (text: string, table: string): boolean => new RegExp(`\\b${table}\\b`).test(text);

describe.each(databases)('the tables of $name', ({ name, migrations, projections }) => {
  let pool: pg.Pool;
  let tables: readonly DeclaredTable[];

  beforeAll(async () => {
    const database = `tables_of_${name.replace(/\W/g, '_')}`;
    await postgres.ensureDatabase(database);
    pool = new pg.Pool({ connectionString: postgres.url(database), max: 2 });
    // A connection that breaks fails the next statement.
    pool.on('error', () => undefined);
    const runner = { query: (text: string) => pool.query(text) };
    for (const Migration of migrations) await new Migration().up(runner as never);
    tables = await declaredTables(pool);
  });
  afterAll(() => pool.end());

  it('are declared, each as of a lane, a reference or local, and the lane leads every key of those of lanes', async () => {
    expect(await tableFaults(pool)).toEqual([]);
    expect(tables.length).toBeGreaterThan(0);
  });

  it('get the same rows for several lanes at once as for each alone', async () => {
    for (const { from, projection } of projections.filter((each) => each.projection.flushLanes)) {
      const samples = samplesOf(from);
      const [inTurn, each] = [samples.map((event) => [event]), samples.map((event) => [[event]])];
      let most = 0;
      for (const batches of [[samples], inTurn, ...each]) {
        const alone = await rowsOf(pool, projection, batches, false);
        most = Math.max(most, alone.flat().length);
        expect(await rowsOf(pool, projection, batches, true)).toEqual(alone);
      }
      // The samples leave rows in every lane, at some time.
      expect(most).toBeGreaterThanOrEqual(lanes);
    }
  });

  it('are written for a lane by statements that go to that lane alone', async () => {
    const ofLanes = tables.filter(({ kind }) => kind === 'lane');
    await putLanesApart(pool, lanes);
    const functions = await functionsIn(pool);
    const written = new Set<string>();
    for (const { from, projection } of projections) {
      for (const { text, parameters } of await statementsOf(projection, samplesOf(from))) {
        // A plan does not tell what a function does: each of its statements names its lane.
        const called = [...functions].flatMap(([name, statements]) => (text.includes(`${name}(`) ? statements : []));
        for (const { table } of ofLanes) {
          const ofTable = called.filter((statement) => names(statement, table));
          expect(ofTable.filter((statement) => !names(statement, 'of_lane'))).toEqual([]);
          if (ofTable.length > 0 || names(text, table)) written.add(table);
        }
        expect(text).not.toContain(acrossLanes);
        expect(insertFaults(text, ofLanes)).toEqual([]);
        const { rows } = await pool.query<{ 'QUERY PLAN': unknown }>(`explain (format json) ${text}`, [...parameters]);
        expect({ text, lanes: [...lanesOf(rows)].filter((other) => other !== lane) }).toEqual({ text, lanes: [] });
      }
    }
    const projected = new Set(projections.flatMap(({ projection }) => projection.tables));
    // The samples reach every table of a lane.
    expect(ofLanes.map(({ table }) => table).filter((table) => projected.has(table) && !written.has(table))).toEqual(
      [],
    );
  });
});
