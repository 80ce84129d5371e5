import type { StoredEvent } from '@tokengrid/contracts';
import type { DomainEvent, Recorded } from '@tokengrid/kernel';
import type { Pool, PoolClient } from 'pg';
import { hexArray, int4Array, int8Array, uuidArray } from '../postgres/binary-arrays.ts';
import { eventArrays, eventColumns, eventUnnest } from '../postgres/event-rows.ts';
import { writeProjection } from '../postgres/lane-transaction.ts';
import { commandColumns } from '../postgres/stored-rows.ts';
import { inTransaction } from '../postgres/transaction.ts';
import { ownDeletes } from '../postgres/watched-tables.ts';
import type { Projection } from '../projection.ts';

/** Consecutive events of a lane, read from its topic, to store as if decided here. */
export interface RestoreBatch {
  readonly lane: number;
  /** Hash of the event before the first one: the expected head of the lane. */
  readonly previousHash: string;
  readonly events: readonly StoredEvent[];
  /** Events of the batch that projections use. */
  readonly recorded: readonly Recorded<DomainEvent>[];
  readonly projections: readonly Projection<DomainEvent>[];
}

/** Last event of a lane in the database. */
export async function headOf(
  client: Pick<Pool | PoolClient, 'query'>,
  lane: number,
  locking: 'for update' | '' = '',
): Promise<{ readonly sequence: number; readonly hash: string }> {
  const { rows } = await client.query<{ sequence: string; hash: Buffer }>(
    `select sequence, hash from lanes where lane = $1 ${locking}`,
    [lane],
  );
  const [row] = rows;
  if (!row) throw new Error(`lane ${lane} is not in the database`);
  return { sequence: Number(row.sequence), hash: row.hash.toString('hex') };
}

/** SQLSTATE of a deadlock: lanes restored at once may write the same projection's rows. */
const deadlock = '40P01';
const attempts = 10;

/**
 * Stores a batch and its projections' rows in one transaction, under the lane's lock.
 * @throws Error if the lane has moved
 */
export async function writeRestored(pool: Pool, batch: RestoreBatch): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transact(pool, batch);
    } catch (error) {
      if ((error as { code?: unknown }).code !== deadlock || attempt === attempts) throw error;
    }
  }
}

function transact(pool: Pool, batch: RestoreBatch): Promise<void> {
  const store = async (client: PoolClient) => {
    const head = await headOf(client, batch.lane, 'for update');
    if (head.hash !== batch.previousHash)
      throw new Error(
        `lane ${batch.lane} of the database has moved to sequence ${head.sequence} during the restore: stop the service, then restore again`,
      );
    await storeEvents(client, batch.lane, batch.events);
    for (const projection of batch.projections) await writeProjection(client, projection, batch.lane, batch.recorded);
  };
  return inTransaction(pool, store, `set local statement_timeout = 0; ${ownDeletes}`);
}

/**
 * Stores a lane's next events with their command ids, and moves its head. The caller holds the
 * lane's lock.
 */
export async function storeEvents(client: PoolClient, lane: number, events: readonly StoredEvent[]): Promise<void> {
  await client.query({ name: 'restore-batch', text: storeBatch, values: parametersOf(lane, events) });
}

/** Stores events without states, which are folded when they are needed. */
const storeBatch = `
  with stored as (
    insert into events (${eventColumns}) select $1::int4, event.* from unnest(${eventUnnest(2)}) event
  ), remembered as (
    insert into commands (${commandColumns})
    select $1::int4, command.* from unnest($16::uuid[], $17::int8[], $18::int4[], $19::bytea[]) command
  )
  update lanes set sequence = $20, hash = $21, time = $22 where lane = $1`;

function parametersOf(lane: number, events: readonly StoredEvent[]): unknown[] {
  const commands = commandsOf(events);
  const last = events.at(-1)!;
  return [
    lane,
    ...eventArrays(events),
    uuidArray(commands.map(({ first }) => first.commandId)),
    int8Array(commands.map(({ first }) => first.sequence)),
    int4Array(commands.map(({ count }) => count)),
    hexArray(commands.map(({ first }) => first.inputHash)),
    last.sequence,
    Buffer.from(last.hash, 'hex'),
    last.time,
  ];
}

/** Commands of a batch; a command's events are consecutive in its lane. */
function commandsOf(events: readonly StoredEvent[]): { readonly first: StoredEvent; count: number }[] {
  const commands: { readonly first: StoredEvent; count: number }[] = [];
  for (const event of events) {
    const last = commands.at(-1);
    if (last?.first.commandId === event.commandId) last.count += 1;
    else commands.push({ first: event, count: 1 });
  }
  return commands;
}
