import { serialize } from 'node:v8';
import type { StoredEvent } from '@tokengrid/contracts';
import type { DomainEvent } from '@tokengrid/kernel';
import type { PoolClient, QueryResult } from 'pg';
import type { Projection, SqlWriter } from '../projection.ts';
import type {
  ChangedStream,
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
import { byteaArray, hexArray, int4Array, int8Array, textArray, uuidArray } from './binary-arrays.ts';
import { eventArrays, eventColumns, eventOfRow, type EventRow, eventUnnest } from './event-rows.ts';
import { storedChannel } from './notices.ts';
import { preparedSql } from './prepared-sql.ts';
import {
  type ClockRow,
  commandColumns,
  commandOfRow,
  type CommandRow,
  findCommands,
  findStates,
  headOfRow,
  type HeadRow,
  readClock,
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
const planOnce =
  'set local plan_cache_mode = force_generic_plan; set local enable_seqscan = off; set local max_parallel_workers_per_gather = 0';

/** Facts about the service that a transaction needs. */
interface WhatLanesWrite {
  readonly service: string;
  readonly lanes: number;
  /** Replaces Postgres' clock in specs in which days pass. */
  readonly clock?: (() => number) | undefined;
  readonly projections: readonly Projection<DomainEvent>[];
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
  const inOrder = lanes.toSorted((one, other) => one.lane - other.lane);
  const answers = await inOneGo(client, (send) => {
    // Without parameters, `pg` sends several statements at once and returns as many results.
    send(
      `begin; ${planOnce}; ${ownDeletes}; ${inOrder.map(lockOf).join('; ')}; ${readClock}; select table_name from lost_rows limit 1`,
    );
    // Run under the locks, and see all commits before them.
    for (const lane of lanes) send(findCommands(lane));
  });
  const [began, ...found] = answers.map(valueOf) as [unknown, ...QueryResult<CommandRow>[]];
  const results = began as QueryResult[];
  const locked = results.slice(-2 - lanes.length, -2) as QueryResult<HeadRow & { lane: number }>[];
  const [read, lost] = results.slice(-2) as [QueryResult<ClockRow>, QueryResult<{ table_name: string }>];
  // The senders of these commands may have read lost rows: nothing is decided on them, however late
  // the loss is noticed elsewhere.
  if (lost.rows[0]) throw new RowsLost(`the table ${lost.rows[0].table_name} has lost rows`);
  const heads = new Map(locked.flatMap(({ rows }) => rows.map((row) => [row.lane, row])));
  const time = options.clock?.() ?? Number(read.rows[0]!.now);
  const locks = lanes.map(({ lane }, at) => {
    const known = knownOf(found[at]!.rows);
    return new PostgresLane(client, options, lane, headOfRow(heads.get(lane), lane), time, known);
  });
  return new PostgresTransaction(client, locks, options);
}

/** Locks one lane: a distributed Postgres refuses a lock on rows of several servers. */
const lockOf = ({ lane }: LaneCommands) =>
  `select lane, sequence, hash, time from lanes where lane = ${lane} for update`;

const knownOf = (rows: readonly CommandRow[]) => new Map(rows.map((row) => [row.command_id, commandOfRow(row)]));

class PostgresLane implements LockedLane {
  constructor(
    private readonly client: PoolClient,
    private readonly of: StoredLanes,
    readonly lane: number,
    readonly head: LaneHead,
    readonly time: number,
    readonly known: Map<string, StoredCommand>,
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
    const answers = await inOneGo(this.client, (send) => lanes.forEach((lane) => send(findCommands(lane))));
    const found = answers.map(valueOf) as QueryResult<CommandRow>[];
    lanes.forEach(({ lane }, at) => {
      const { known } = this.lanes.find((locked) => locked.lane === lane)!;
      for (const [id, command] of knownOf(found[at]!.rows)) known.set(id, command);
    });
  }

  async commit(batches: readonly LaneBatch[], tellRelays: readonly number[]): Promise<void> {
    try {
      const write = async (send: (statement: Statement) => void) => {
        for (const batch of batches) {
          send(writeBatchOf(batch));
          for (const projection of this.options.projections)
            await writeProjection(writerTo(send), projection, batch.lane, batch.recorded);
        }
      };
      const notices = tellRelays.map((lane) => `select pg_notify('${storedChannel}', '${lane}')`);
      // The commit is sent along: behind a failed statement it ends the transaction without effect.
      const answers = await inOneGo(this.client, write, [...notices, 'commit'].join('; '));
      const errors = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as CodedError] : []));
      // Statements behind a failed one fail because of it.
      if (errors.length > 0) throw errors.find(({ code }) => code !== transactionAborted) ?? errors[0];
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

/** Sends a projection's statements without awaiting their results. */
function writerTo(send: (statement: Statement) => void): SqlWriter {
  return {
    query: (text, parameters) => {
      send(preparedSql(text, parameters));
      return Promise.resolve();
    },
  };
}

/** Collects events of one lane and writes the resulting rows. */
export async function writeProjection(
  sql: SqlWriter,
  projection: Projection<DomainEvent>,
  lane: number,
  events: LaneBatch['recorded'],
): Promise<void> {
  const batch = projection.begin();
  let collected = false;
  for (const event of events) {
    const collect = projection.on[event.type];
    if (collect === 'ignored' || collect === undefined) continue;
    collect(batch, event);
    collected = true;
  }
  if (collected) await projection.flush(sql, batch, lane);
}

/** Writes a batch of one lane: all its rows are on one server. */
const writeBatch = `
  with stored as (
    insert into events (${eventColumns}) select $1::int4, event.* from unnest(${eventUnnest(2)}) event
  ), remembered as (
    insert into commands (${commandColumns})
    select $1::int4, command.* from unnest($15::uuid[], $16::int8[], $17::int4[], $18::bytea[]) command
  ), folded as (
    insert into streams (lane, stream_id, revision, state_version, state)
    select $1::int4, stream.* from unnest($19::text[], $20::int4[], $21::int4[], $22::bytea[]) stream
    on conflict (lane, stream_id) do update
      set revision = excluded.revision, state_version = excluded.state_version, state = excluded.state
  )
  update lanes set sequence = $23, hash = $24, time = $25 where lane = $1`;

function writeBatchOf({ lane, events, commands, streams, head }: LaneBatch): Statement {
  return {
    name: 'write-batch',
    text: writeBatch,
    values: [
      lane,
      ...eventArrays(events),
      ...commandArrays(commands),
      ...streamArrays(streams),
      head.sequence,
      Buffer.from(head.hash, 'hex'),
      head.time,
    ],
  };
}

function commandArrays(commands: readonly StoredCommand[]): Buffer[] {
  return [
    uuidArray(commands.map((command) => command.commandId)),
    int8Array(commands.map((command) => command.sequence)),
    int4Array(commands.map((command) => command.count)),
    hexArray(commands.map((command) => command.inputHash)),
  ];
}

function streamArrays(streams: readonly ChangedStream[]): Buffer[] {
  return [
    textArray(streams.map((stream) => stream.streamId)),
    int4Array(streams.map((stream) => stream.revision)),
    int4Array(streams.map((stream) => stream.stateVersion)),
    byteaArray(streams.map((stream) => serialize(stream.state))),
  ];
}
