import { firstPreviousHash, type StoredEvent } from '@tokengrid/contracts';
import { type DomainEvent, laneOf } from '@tokengrid/kernel';
import type { Pool } from 'pg';
import type { ChainedEvent } from '../event-log.ts';
import type { LookUp, SetBy } from '../look-up.ts';
import type { Projection } from '../projection.ts';
import type {
  FoundStream,
  CommandClaim,
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
import { acrossLanes } from './across-lanes.ts';
import { int4Array, int8Array } from './binary-arrays.ts';
import { eventColumns, eventOfRow, type EventRow } from './event-rows.ts';
import { type LaneStatements, statementsOfEachLane } from './lane-statements.ts';
import { beginOnLanes } from './lane-transaction.ts';
import { listenForNotices, publishedChannel, storedChannel } from './notices.ts';
import { commandColumns, commandOfRow, type CommandRow, findCommands, findStates, headOfRow } from './stored-rows.ts';
import { checkOut, giveBack } from './transaction.ts';
import { lostTables, type WatchedTable } from './watched-tables.ts';

export interface PostgresStorageOptions {
  readonly pool: Pool;
  readonly service: string;
  readonly lanes: number;
  /** Statements of transactions; by default those of each lane, which any database takes. */
  readonly statements?: LaneStatements;
  readonly projections: readonly Projection<DomainEvent>[];
  readonly lookUp?: LookUp | undefined;
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
  readonly setBy: SetBy | undefined;
  private readonly pool: Pool;
  private readonly written: PostgresStorageOptions & { readonly statements: LaneStatements };

  constructor(private readonly options: PostgresStorageOptions) {
    this.written = { statements: statementsOfEachLane, ...options };
    this.lanes = options.lanes;
    this.pool = options.pool;
    const { lookUp } = options;
    this.setBy = lookUp && ((event) => lookUp.setBy(event));
  }

  async begin(lanes: readonly LaneCommands[]): Promise<LaneTransaction> {
    const client = await checkOut(this.pool);
    try {
      return await beginOnLanes(client, lanes, this.written);
    } catch (error) {
      giveBack(client, error);
      throw error;
    }
  }

  standing(): Promise<readonly LaneStanding[]> {
    return orTablesGone(async () => {
      const { rows } = await this.pool.query<StandingRow>({
        name: 'standing',
        text: `
          ${acrossLanes} select lane, lanes.sequence as head, relays.sequence as published, lanes.time
          from lanes full join relays using (lane)`,
      });
      const byLane = new Map(rows.map((row) => [row.lane, row]));
      return Array.from({ length: this.lanes }, (_, lane) => {
        const { head = null, published = null, time = null } = byLane.get(lane) ?? {};
        return { head: numberOf(head), published: numberOf(published), time: numberOf(time) };
      });
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

  async eventsOfCommands(commands: readonly StoredCommand[]): Promise<readonly (readonly StoredEvent[])[]> {
    const found = new Map<StoredCommand, readonly StoredEvent[]>();
    const byLane = Map.groupBy(commands, ({ lane }) => lane);
    const look = async (lane: number, of: readonly StoredCommand[]) => {
      const events = await this.eventsFrom(lane, of);
      for (const command of of) {
        const end = command.sequence + command.count;
        found.set(
          command,
          events.filter(({ sequence }) => sequence >= command.sequence && sequence < end),
        );
      }
    };
    await Promise.all([...byLane].map(([lane, of]) => look(lane, of)));
    return commands.map((command) => found.get(command)!);
  }

  private async eventsFrom(lane: number, commands: readonly StoredCommand[]): Promise<readonly StoredEvent[]> {
    const { rows } = await this.pool.query<EventRow>({
      name: 'events-of-commands',
      text: `
        select ${eventColumns} from unnest($2::int8[], $3::int4[]) command (first, of_command)
        join events on lane = $1 and sequence >= first and sequence < first + of_command order by sequence`,
      values: [
        lane,
        int8Array(commands.map(({ sequence }) => sequence)),
        int4Array(commands.map(({ count }) => count)),
      ],
    });
    return rows.map((row) => eventOfRow(this.options.service, row));
  }

  async commandsOf(lanes: readonly LaneCommands[]): Promise<ReadonlyMap<string, StoredCommand>> {
    const found = await Promise.all(lanes.map((lane) => this.pool.query<CommandRow>(findCommands(lane))));
    return new Map(found.flatMap(({ rows }) => rows.map((row) => [row.command_id, commandOfRow(row)])));
  }

  async commandsAnywhere(commandIds: readonly string[]): Promise<ReadonlyMap<string, StoredCommand>> {
    const { rows } = await this.pool.query<CommandRow>({
      name: 'commands-anywhere',
      // Names all lanes, so that the primary key is enough.
      text: `${acrossLanes} select ${commandColumns} from commands where lane = any($2) and command_id = any($1::uuid[])`,
      values: [commandIds, Array.from({ length: this.lanes }, (_, lane) => lane)],
    });
    return new Map(rows.map((row) => [row.command_id, commandOfRow(row)]));
  }

  async claimantOf(commandId: string): Promise<string | undefined> {
    const { rows } = await this.pool.query<{ stream_id: string }>({
      name: 'claimant-of',
      text: 'select stream_id from command_claims where lane = $1 and command_id = $2',
      values: [laneOf(commandId, this.lanes), commandId],
    });
    return rows[0]?.stream_id;
  }

  async claimCommands(claims: readonly CommandClaim[]): Promise<readonly string[]> {
    // An id stands in a statement once.
    const wanted = new Map(claims.toReversed().map(({ id, streamId }) => [id, streamId]));
    const each = Array.from(wanted, ([id, streamId]) => ({ lane: laneOf(id, this.lanes), id, streamId }));
    const claimed = this.written.statements
      .claim(each)
      .map((statement) => this.pool.query<{ command_id: string; stream_id: string }>(statement));
    const rows = (await Promise.all(claimed)).flatMap((result) => result.rows);
    const claimants = new Map(rows.map((row) => [row.command_id, row.stream_id]));
    return claims.map(({ id }) => claimants.get(id)!);
  }

  async stateOf(stream: WantedStream): Promise<FoundStream | undefined> {
    const { streamId } = stream;
    const found = await findStates(this.pool, this.options, laneOf(streamId, this.lanes), [stream]);
    return found.get(streamId);
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
        update relays set sequence = $2, hash = $3, log_offset = $5, epoch = $4 where lane = $1 and epoch <= $4`,
      values: [lane, mark.sequence, Buffer.from(mark.hash, 'hex'), epoch, mark.offset],
    });
    const moved = rowCount === 1;
    // A statement of its own: processes listen on their own server, not on that of the lane's rows.
    if (moved && tellOthers)
      await this.pool.query('select pg_notify($1, $2)', [publishedChannel, `${lane}:${mark.sequence}`]);
    return moved;
  }

  async askPublisher(lane: number): Promise<void> {
    await this.pool.query('select pg_notify($1, $2)', [storedChannel, String(lane)]);
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

interface StandingRow {
  readonly lane: number;
  readonly head: string | null;
  readonly published: string | null;
  readonly time: string | null;
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
