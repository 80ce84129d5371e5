import { firstPreviousHash, type StoredEvent } from '@tokengrid/contracts';
import type { DomainEvent } from '@tokengrid/kernel';
import type { Pool } from 'pg';
import type { ChainedEvent } from '../event-log.ts';
import type { Projection } from '../projection.ts';
import type {
  FoundStream,
  LaneCommands,
  LaneHead,
  LaneStanding,
  LaneStorage,
  LaneTransaction,
  PublishedMark,
  StorageListener,
  StoredCommand,
  WantedStream,
} from '../storage.ts';
import { TablesGone } from '../storage.ts';
import { int4Array, int8Array } from './binary-arrays.ts';
import { eventColumns, eventOfRow, type EventRow } from './event-rows.ts';
import { beginOnLanes } from './lane-transaction.ts';
import { listenForNotices, publishedChannel } from './notices.ts';
import { commandOfRow, type CommandRow, findStates, headOfRow } from './stored-rows.ts';
import { checkOut, giveBack } from './transaction.ts';
import { lostTables, type WatchedTable } from './watched-tables.ts';

export interface PostgresStorageOptions {
  readonly pool: Pool;
  readonly service: string;
  readonly lanes: number;
  readonly projections: readonly Projection<DomainEvent>[];
  /** Tables from which only the service may delete rows. */
  readonly watched: readonly WatchedTable[];
  /** Replaces Postgres' clock in specs in which days pass. */
  readonly clock?: (() => number) | undefined;
  readonly onError: (error: unknown) => void;
}

/**
 * Lanes in Postgres. On a pipelined connection a transaction of any size takes two round trips:
 * begin, lock and find; write, project and commit.
 */
export class PostgresStorage implements LaneStorage {
  readonly lanes: number;
  private readonly pool: Pool;

  constructor(private readonly options: PostgresStorageOptions) {
    this.lanes = options.lanes;
    this.pool = options.pool;
  }

  async begin(lanes: readonly LaneCommands[]): Promise<LaneTransaction> {
    const client = await checkOut(this.pool);
    try {
      return await beginOnLanes(client, lanes, this.options);
    } catch (error) {
      giveBack(client, error);
      throw error;
    }
  }

  standing(): Promise<readonly LaneStanding[]> {
    return orTablesGone(async () => {
      const { rows } = await this.pool.query<{ head: string | null; published: string | null; time: string | null }>({
        name: 'standing',
        text: `
          select lanes.sequence as head, relays.sequence as published, lanes.time
          from generate_series(0, $1::int - 1) lane left join lanes using (lane) left join relays using (lane) order by lane`,
        values: [this.lanes],
      });
      return rows.map(({ head, published, time }) => ({
        head: numberOf(head),
        published: numberOf(published),
        time: numberOf(time),
      }));
    });
  }

  lostTables(): Promise<readonly string[]> {
    return orTablesGone(() => lostTables(this.pool, this.options.watched));
  }

  async headOf(lane: number): Promise<LaneHead> {
    const { rows } = await this.pool.query('select sequence, hash, time from lanes where lane = $1', [lane]);
    return headOfRow(rows[0], lane);
  }

  async eventsAfter(lane: number, sequence: number, limit: number): Promise<readonly ChainedEvent[]> {
    // From the event before, whose hash is the first one's previous hash.
    const { rows } = await this.pool.query<EventRow>({
      name: 'events-after',
      text: `select ${eventColumns} from events where lane = $1 and sequence >= $2 order by sequence limit $3`,
      values: [lane, sequence, limit + 1],
    });
    return chain(
      rows.map((row) => eventOfRow(this.options.service, row)),
      sequence,
    );
  }

  async sequenceAt(lane: number, time: number): Promise<number> {
    const { rows } = await this.pool.query<{ low: string }>(searchByHalves, [lane, time]);
    return Number(rows[0]!.low);
  }

  async eventsOfCommands(commands: readonly StoredCommand[]): Promise<ReadonlyMap<string, readonly StoredEvent[]>> {
    const { rows } = await this.pool.query<EventRow>({
      name: 'events-of-commands',
      text: `
        select ${eventColumns} from (
          select e.* from unnest($1::int4[], $2::int8[], $3::int4[]) command (in_lane, first, count)
          join events e on e.lane = in_lane and e.sequence >= first and e.sequence < first + count
        ) found order by lane, sequence`,
      values: [
        int4Array(commands.map(({ lane }) => lane)),
        int8Array(commands.map(({ sequence }) => sequence)),
        int4Array(commands.map(({ count }) => count)),
      ],
    });
    const found = new Map<string, StoredEvent[]>(commands.map(({ commandId }) => [commandId, []]));
    for (const row of rows) found.get(row.command_id)?.push(eventOfRow(this.options.service, row));
    return found;
  }

  async commandsOf(commandIds: readonly string[]): Promise<ReadonlyMap<string, StoredCommand>> {
    const { rows } = await this.pool.query<CommandRow>({
      name: 'commands-of',
      text: 'select command_id, lane, sequence, count, input_hash from commands where command_id = any($1::uuid[])',
      values: [commandIds],
    });
    return new Map(rows.map((row) => [row.command_id, commandOfRow(row)]));
  }

  async stateOf(stream: WantedStream): Promise<FoundStream | undefined> {
    const found = await findStates(this.pool, this.options, [stream]);
    return found.get(stream.streamId);
  }

  async publishedMark(lane: number): Promise<PublishedMark> {
    const { rows } = await this.pool.query<{ sequence: string; hash: Buffer; log_offset: string }>(
      'select sequence, hash, log_offset from relays where lane = $1',
      [lane],
    );
    const [row] = rows;
    return { sequence: Number(row!.sequence), hash: row!.hash.toString('hex'), offset: Number(row!.log_offset) };
  }

  async movePublishedMark(lane: number, epoch: number, mark: PublishedMark, tellOthers: boolean): Promise<boolean> {
    // The mark may lag behind the published events, so it need not wait for the disk.
    const { rowCount } = await this.pool.query({
      name: 'move-published-mark',
      text: `
        with moved as (
          update relays set sequence = $2, hash = $3, log_offset = $7, epoch = $4 where lane = $1 and epoch <= $4
          returning lane
        )
        select case when $5::boolean then pg_notify($6, $1::int || ':' || $2::bigint) end from moved`,
      values: [lane, mark.sequence, Buffer.from(mark.hash, 'hex'), epoch, tellOthers, publishedChannel, mark.offset],
    });
    return rowCount === 1;
  }

  listen(listener: StorageListener): Promise<() => Promise<void>> {
    return listenForNotices(this.pool, listener, this.options.onError);
  }
}

/** SQLSTATE of a missing table. */
const undefinedTable = '42P01';

async function orTablesGone<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if ((error as { code?: unknown }).code !== undefinedTable) throw error;
    throw new TablesGone((error as Error).message, { cause: error });
  }
}

const numberOf = (text: string | null) => (text === null ? undefined : Number(text));

/** Pairs each event with the previous hash; drops the event that was read only for its hash. */
function chain(events: readonly StoredEvent[], after: number): ChainedEvent[] {
  const chained: ChainedEvent[] = [];
  let previousHash = firstPreviousHash;
  for (const event of events) {
    if (event.sequence > after) chained.push({ event, previousHash });
    previousHash = event.hash;
  }
  return chained;
}

/**
 * Binary search by sequence: a lane's events are ordered by time, too, so that the primary key
 * suffices. The target is in `low` … `high`.
 */
const searchByHalves = `
  with recursive search (low, high) as (
    select 0::bigint, sequence from lanes where lane = $1
    union all
    select case when found.time <= $2 then found.sequence else low end,
      case when found.time <= $2 then high else middle - 1 end
    from (select low, high, low + (high - low + 1) / 2 as middle from search where low < high) half
    left join lateral (
      select sequence, time from events where lane = $1 and sequence >= middle and sequence <= high order by sequence limit 1
    ) found on true
  )
  select low from search where low = high`;
