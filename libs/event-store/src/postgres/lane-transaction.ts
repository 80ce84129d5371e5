import type { StoredEvent } from '@tokengrid/contracts';
import type { DomainEvent } from '@tokengrid/kernel';
import type { PoolClient, QueryResult } from 'pg';
import type { LookUp } from '../look-up.ts';
import type { Projection, SqlWriter } from '../projection.ts';
import type {
  FoundStream,
  LaneBatch,
  LaneCommands,
  LaneHead,
  LaneTransaction,
  LockedLane,
  StoredCommand,
  WantedStream,
} from '../storage.ts';
import { valueOf } from '../settled.ts';
import { RowsLost, UnwritableBatch } from '../storage.ts';
import { eventColumns, eventOfRow, type EventRow } from './event-rows.ts';
import { type KeysLook, lookAtKeys } from './keys-look.ts';
import type { LaneStatements } from './lane-statements.ts';
import { storedChannel } from './notices.ts';
import { preparedSql } from './prepared-sql.ts';
import {
  type ClockRow,
  commandOfRow,
  type CommandRow,
  epochMs,
  findStates,
  headOfRow,
  type HeadRow,
  type StoredLanes,
} from './stored-rows.ts';
import { giveBack, inOneGo, rollBack, type Statement } from './transaction.ts';
import { ownDeletes } from './watched-tables.ts';

/**
 * SQLSTATE classes of data errors: 22 data exception, 23 integrity constraint violation, 21
 * cardinality violation.
 */
const blamesData = /^2[123]/;
/** SQLSTATE of a statement after a failed one in the same transaction. */
const transactionAborted = '25P02';

type CodedError = Error & { readonly code?: string };

/**
 * Planner settings. Plans of named statements are made once per connection, since a plan per batch
 * costs more than the statement. They may be made while tables are empty, and would scan whole
 * tables ever after, so sequential scans are off. No statement reads enough for parallel workers,
 * whatever a generic plan expects.
 */
export const planOnce =
  'set local plan_cache_mode = force_generic_plan; set local enable_seqscan = off; set local max_parallel_workers_per_gather = 0';

/** Facts about the service that a transaction needs. */
interface WhatLanesWrite {
  readonly service: string;
  readonly lanes: number;
  readonly statements: LaneStatements;
  /** Replaces Postgres' clock in specs in which days pass. */
  readonly clock?: (() => number) | undefined;
  readonly projections: readonly Projection<DomainEvent>[];
  readonly lookUp?: Pick<LookUp, 'read'> | undefined;
}

/**
 * Begins a transaction in one round trip on a pipelined connection: the lanes' locks, in lane
 * order, so that no deadlock is possible; Postgres' clock, read under the locks; and the known
 * commands.
 */
export async function beginOnLanes(
  client: PoolClient,
  lanes: readonly LaneCommands[],
  options: WhatLanesWrite,
): Promise<PostgresTransaction> {
  const { lock, find } = options.statements;
  const locks = lock(lanes.map(({ lane }) => lane).sort((one, other) => one - other));
  const looks: KeysLook[] = [];
  const answers = await inOneGo(client, (send) => {
    send(`begin; ${planOnce}; ${ownDeletes}`);
    // What comes behind the locks runs under them, and sees all commits before them.
    for (const statement of [...locks, readUnderLocks, ...find(lanes)]) send(statement);
    looks.push(...lookAtKeys(client, options.lookUp, lanes));
  });
  const [, ...results] = answers.map(valueOf);
  const locked = results.slice(0, locks.length) as QueryResult<HeadRow & { lane: number }>[];
  const [read, ...found] = results.slice(locks.length) as [QueryResult<UnderLocks>, ...QueryResult<CommandRow>[]];
  const { now, lost } = read.rows[0]!;
  // The senders of these commands may have read lost rows: nothing is decided on them, however late
  // the loss is noticed elsewhere.
  if (lost !== null) throw new RowsLost(`the table ${lost} has lost rows`);
  const values = (await Promise.allSettled(looks)).map(valueOf);
  const heads = new Map(locked.flatMap(({ rows }) => rows.map((row) => [row.lane, row])));
  const time = options.clock?.() ?? Number(now);
  const known = knownByLane(found);
  return new PostgresTransaction(
    client,
    lanes.map(({ lane }, at) => {
      const head = headOfRow(heads.get(lane), lane);
      const commands = known.get(lane) ?? new Map<string, StoredCommand>();
      return new PostgresLane(client, options, lane, head, time, commands, new Map(values[at]));
    }),
    options,
  );
}

/** Answer to {@link readUnderLocks}. */
interface UnderLocks extends ClockRow {
  /** Name of a table that has lost rows. */
  readonly lost: string | null;
}

const readUnderLocks: Statement = {
  name: 'read-under-locks',
  text: `select ${epochMs} as now, (select table_name from lost_rows limit 1) as lost`,
  values: [],
};

/** Commands found by several statements, by lane and id. */
function knownByLane(found: readonly QueryResult<CommandRow>[]): ReadonlyMap<number, Map<string, StoredCommand>> {
  const known = new Map<number, Map<string, StoredCommand>>();
  for (const { rows } of found) {
    for (const row of rows) {
      const ofLane = known.get(row.lane) ?? new Map<string, StoredCommand>();
      known.set(row.lane, ofLane.set(row.command_id, commandOfRow(row)));
    }
  }
  return known;
}

class PostgresLane implements LockedLane {
  constructor(
    private readonly client: PoolClient,
    private readonly of: StoredLanes,
    readonly lane: number,
    readonly head: LaneHead,
    readonly time: number,
    readonly known: Map<string, StoredCommand>,
    readonly found: Map<string, string>,
  ) {}

  async eventsSince(head: LaneHead, most: number): Promise<readonly StoredEvent[] | undefined> {
    if (this.head.sequence - head.sequence > most) return undefined;
    // Includes the event at the head itself, whose hash tells whether the lane had it.
    const { rows } = await this.client.query<EventRow>({
      name: 'events-since',
      text: `select ${eventColumns} from events where lane = $1 and sequence between $2 and $3 order by sequence`,
      values: [this.lane, head.sequence, this.head.sequence],
    });
    const events = rows.map((row) => eventOfRow(this.of.service, row));
    if (head.sequence === 0) return events;
    return events[0]?.sequence === head.sequence && events[0].hash === head.hash ? events.slice(1) : undefined;
  }

  statesOf(streams: readonly WantedStream[]): Promise<ReadonlyMap<string, FoundStream>> {
    return findStates(this.client, this.of, this.lane, streams);
  }
}

class PostgresTransaction implements LaneTransaction {
  constructor(
    private readonly client: PoolClient,
    readonly lanes: readonly PostgresLane[],
    private readonly options: WhatLanesWrite,
  ) {}

  async findMore(lanes: readonly LaneCommands[]): Promise<void> {
    const looks: KeysLook[] = [];
    const answers = await inOneGo(this.client, (send) => {
      for (const statement of this.options.statements.find(lanes)) send(statement);
      looks.push(...lookAtKeys(this.client, this.options.lookUp, lanes));
    });
    const commands = knownByLane(answers.map(valueOf) as QueryResult<CommandRow>[]);
    const values = (await Promise.allSettled(looks)).map(valueOf);
    lanes.forEach(({ lane }, at) => {
      const { known, found } = this.lanes.find((locked) => locked.lane === lane)!;
      for (const [id, command] of commands.get(lane) ?? []) known.set(id, command);
      for (const [key, value] of values[at]!) found.set(key, value);
    });
  }

  async commit(batches: readonly LaneBatch[], tellRelays: readonly number[]): Promise<void> {
    try {
      const write = async (send: (statement: Statement) => void) => {
        for (const statement of this.options.statements.write(batches)) send(statement);
        const { projections, statements } = this.options;
        const ofLanes = batches.map(({ lane, recorded }) => ({ lane, events: recorded }));
        for (const projection of projections)
          await writeProjectionOfLanes(writerTo(send), projection, ofLanes, statements.together);
      };
      const notices = tellRelays.map((lane) => `select pg_notify('${storedChannel}', '${lane}')`);
      // The commit is sent along: behind a failed statement it ends the transaction without effect.
      const answers = await inOneGo(this.client, write, [...notices, 'commit'].join('; '));
      const refusal = refusalOf(answers);
      if (refusal) throw refusal;
    } catch (error) {
      await rollBack(this.client);
      const { message, code } = error as CodedError;
      const isData = error instanceof RangeError || blamesData.test(code ?? '');
      throw isData ? new UnwritableBatch(message, { cause: error }) : error;
    }
    giveBack(this.client);
  }

  rollback(): Promise<void> {
    return rollBack(this.client);
  }
}

/**
 * Error of a transaction that was sent at once: statements behind a failed one fail because of it.
 */
export function refusalOf(answers: readonly PromiseSettledResult<unknown>[]): Error | undefined {
  const errors = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as CodedError] : []));
  return errors.find(({ code }) => code !== transactionAborted) ?? errors[0];
}

/** Sends a projection's statements without awaiting their results. */
export function writerTo(send: (statement: Statement) => void): SqlWriter {
  return {
    query: (text, parameters) => {
      send(preparedSql(text, parameters));
      return Promise.resolve();
    },
  };
}

/** Events of one lane for a projection. */
interface LaneEvents {
  readonly lane: number;
  readonly events: LaneBatch['recorded'];
}

/** Collects events of one lane and writes the resulting rows. */
export function writeProjection(
  sql: SqlWriter,
  projection: Projection<DomainEvent>,
  lane: number,
  events: LaneEvents['events'],
): Promise<void> {
  return writeProjectionOfLanes(sql, projection, [{ lane, events }], false);
}

/**
 * Collects events of lanes, each given once, and writes the resulting rows.
 * @param together whether one statement may touch the rows of several lanes
 */
export async function writeProjectionOfLanes(
  sql: SqlWriter,
  projection: Projection<DomainEvent>,
  ofLanes: readonly LaneEvents[],
  together: boolean,
): Promise<void> {
  const rows = ofLanes.flatMap(({ lane, events }) => {
    const batch = projection.begin();
    return collectInto(batch, projection, events) ? [{ lane, batch }] : [];
  });
  if (together && rows.length > 1 && projection.flushLanes) return projection.flushLanes(sql, rows);
  for (const { lane, batch } of rows) await projection.flush(sql, batch, lane);
}

/** @returns whether the projection wants any of the events */
function collectInto(batch: unknown, { on }: Projection<DomainEvent>, events: LaneEvents['events']): boolean {
  let collected = false;
  for (const event of events) {
    const collect = on[event.type];
    if (collect === 'ignored' || collect === undefined) continue;
    collect(batch, event);
    collected = true;
  }
  return collected;
}
