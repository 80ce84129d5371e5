import type { Pool, QueryConfig } from 'pg';
import type { ChangedStream, CommandClaim, LaneBatch, LaneCommands, StoredCommand } from '../storage.ts';
import { byteaArray, hexArray, int4Array, int8Array, textArray, uuidArray } from './binary-arrays.ts';
import { eventArrays, eventColumns, eventUnnest } from './event-rows.ts';
import { bytesOfState } from './state-bytes.ts';
import { commandColumns, findCommands } from './stored-rows.ts';
import type { Statement } from './transaction.ts';

/**
 * Statements of a transaction on its lanes, all prepared. Few commands a lane cost mostly
 * statements, so there is one for all lanes where their rows are on one server.
 */
export interface LaneStatements {
  /** True where one statement may touch the rows of several lanes. */
  readonly together: boolean;
  /** Locks lanes, given in their order, and reads their rows. */
  lock(lanes: readonly number[]): readonly Statement[];
  /** Finds the commands that are stored. */
  find(lanes: readonly LaneCommands[]): readonly Statement[];
  /** Writes the events, command ids, streams and heads of lanes. */
  write(batches: readonly LaneBatch[]): readonly Statement[];
  /**
   * Claims ids, each given once, and returns the first stream of each as `command_id` and
   * `stream_id`. Each statement is a transaction of its own.
   */
  claim(claims: readonly LaneClaim[]): readonly QueryConfig[];
}

/** A claim in the lane of its id. */
interface LaneClaim extends CommandClaim {
  readonly lane: number;
}

/**
 * Statements of one lane each, for a distributed Postgres: it sends each to one server, and refuses
 * a lock on rows of several.
 */
export const statementsOfEachLane: LaneStatements = {
  together: false,
  lock: (lanes) =>
    lanes.map((lane) => ({
      name: 'lock-lane',
      text: 'select lane, sequence, hash, time from lanes where lane = $1 for update',
      values: [lane],
    })),
  find: (lanes) => lanes.map(findCommands),
  write: (batches) => batches.map(writeLane),
  claim: (claims) =>
    Array.from(
      Map.groupBy(claims, ({ lane }) => lane),
      ([lane, ofLane]) => ({
        name: 'claim-commands',
        text: `
        insert into command_claims (lane, command_id, stream_id)
        select $1::int4, claim.* from unnest($2::uuid[], $3::text[]) claim ${firstClaims}`,
        values: [lane, ...claimArrays(inOneOrder(ofLane))],
      }),
    ),
};

/** Statements of all lanes, for a Postgres that has all their rows. */
export const statementsOfAllLanes: LaneStatements = {
  together: true,
  lock: (lanes) => [
    {
      name: 'lock-lanes',
      // The rows are locked in their order, so that no deadlock is possible.
      text: 'select lane, sequence, hash, time from lanes where lane = any($1::int4[]) order by lane for update',
      values: [int4Array(lanes)],
    },
  ],
  find: (lanes) => [
    {
      name: 'find-commands-of-lanes',
      // A limit keeps the planner from anything else than one search of the primary key for each.
      text: `
        select stored.* from unnest($1::int4[], $2::uuid[]) asked (of_lane, id)
        cross join lateral (
          select ${commandColumns} from commands where lane = of_lane and command_id = id limit 1
        ) stored`,
      values: [
        int4Array(lanes.flatMap(({ lane, commandIds }) => commandIds.map(() => lane))),
        uuidArray(lanes.flatMap(({ commandIds }) => commandIds)),
      ],
    },
  ],
  write: (batches) => [writeLanes(batches)],
  claim: (claims) => {
    const ordered = inOneOrder(claims);
    return [
      {
        name: 'claim-commands-of-lanes',
        // Only what is stored after a claim depends on it, and is flushed behind it: a claim that a
        // crash of Postgres forgets has led to nothing.
        text: `
        with quickly as (select set_config('synchronous_commit', 'off', true))
        insert into command_claims (lane, command_id, stream_id)
        select claim.* from quickly, unnest($1::int4[], $2::uuid[], $3::text[]) claim ${firstClaims}`,
        values: [int4Array(ordered.map(({ lane }) => lane)), ...claimArrays(ordered)],
      },
    ];
  },
};

/** A repeat finds the first claim, also one that another process makes meanwhile. */
const firstClaims = `
  on conflict (lane, command_id) do update set stream_id = command_claims.stream_id
  returning command_id, stream_id`;

/** The same order in all statements, so that none wait for each other. */
const inOneOrder = (claims: readonly LaneClaim[]): readonly LaneClaim[] =>
  claims.toSorted((one, other) => one.lane - other.lane || (one.id < other.id ? -1 : 1));

const claimArrays = (claims: readonly LaneClaim[]): Buffer[] => [
  uuidArray(claims.map(({ id }) => id)),
  textArray(claims.map(({ streamId }) => streamId)),
];

/** Tables with rows of every transaction. */
const written = ['lanes', 'events', 'commands', 'streams'];

/** Statements for a database: for one in parts, by Citus or by partitions, those of each lane. */
export async function laneStatementsOf(pool: Pool): Promise<LaneStatements> {
  const { rows } = await pool.query<{ together: boolean }>(
    `select to_regclass('pg_dist_partition') is null
       and (select bool_and(relkind = 'r') from pg_class where oid = any($1::regclass[])) as together`,
    [written],
  );
  return rows[0]!.together ? statementsOfAllLanes : statementsOfEachLane;
}

function writeLane({ lane, events, commands, streams, head }: LaneBatch): Statement {
  return {
    name: 'write-lane',
    text: `
      with stored as (
        insert into events (${eventColumns}) select $1::int4, event.* from unnest(${eventUnnest(2)}) event
      ), remembered as (
        insert into commands (${commandColumns})
        select $1::int4, command.* from unnest($16::uuid[], $17::int8[], $18::int4[], $19::bytea[]) command
      ), folded as (
        insert into streams (lane, stream_id, revision, state_version, state)
        select $1::int4, stream.* from unnest($20::text[], $21::int4[], $22::int4[], $23::bytea[]) stream
        on conflict (lane, stream_id) do update
          set revision = excluded.revision, state_version = excluded.state_version, state = excluded.state
      )
      update lanes set sequence = $24, hash = $25, time = $26 where lane = $1`,
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

function writeLanes(batches: readonly LaneBatch[]): Statement {
  const events = batches.flatMap((batch) => batch.events);
  const commands = batches.flatMap((batch) => batch.commands);
  const streams = batches.flatMap((batch) => batch.streams);
  return {
    name: 'write-lanes',
    text: `
      with stored as (
        insert into events (${eventColumns}) select * from unnest($1::int4[], ${eventUnnest(2)})
      ), remembered as (
        insert into commands (${commandColumns})
        select * from unnest($16::int4[], $17::uuid[], $18::int8[], $19::int4[], $20::bytea[])
      ), folded as (
        insert into streams (lane, stream_id, revision, state_version, state)
        select * from unnest($21::int4[], $22::text[], $23::int4[], $24::int4[], $25::bytea[])
        on conflict (lane, stream_id) do update
          set revision = excluded.revision, state_version = excluded.state_version, state = excluded.state
      )
      update lanes set sequence = head.sequence, hash = head.hash, time = head.time
      from unnest($26::int4[], $27::int8[], $28::bytea[], $29::int8[]) head (of_lane, sequence, hash, time)
      where lane = of_lane`,
    values: [
      int4Array(events.map((event) => event.lane)),
      ...eventArrays(events),
      int4Array(commands.map((command) => command.lane)),
      ...commandArrays(commands),
      int4Array(batches.flatMap((batch) => batch.streams.map(() => batch.lane))),
      ...streamArrays(streams),
      int4Array(batches.map(({ lane }) => lane)),
      int8Array(batches.map(({ head }) => head.sequence)),
      hexArray(batches.map(({ head }) => head.hash)),
      int8Array(batches.map(({ head }) => head.time)),
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
    byteaArray(streams.map((stream) => bytesOfState(stream.state))),
  ];
}
