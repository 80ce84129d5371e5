import { deserialize, serialize } from 'node:v8';
import { firstPreviousHash, type StoredEvent } from '@tokengrid/contracts';
import type { DomainEvent } from '@tokengrid/kernel';
import type { Pool, PoolClient } from 'pg';
import { EventsRetired } from '../command.ts';
import type { ChainedEvent } from '../event-log.ts';
import type { Projection } from '../projection.ts';
import type {
  ChangedStream,
  Found,
  LaneBatch,
  LaneHead,
  LaneStorage,
  LaneTransaction,
  PublishedMark,
  StorageListener,
  StoredCommand,
  StreamState,
  WantedStream,
} from '../storage.ts';
import { UnwritableBatch } from '../storage.ts';
import { byteaArray, hexArray, int4Array, int8Array, textArray, uuidArray } from './binary-arrays.ts';
import { eventArrays, eventColumns, eventOfRow, type EventRow, eventUnnest } from './event-rows.ts';
import { checkOut, giveBack, rollBack } from './transaction.ts';
import { listenForNotices, publishedChannel, storedChannel } from './notices.ts';

export interface PostgresStorageOptions {
  readonly pool: Pool;
  readonly service: string;
  readonly lanes: number;
  readonly projections: readonly Projection<DomainEvent>[];
  readonly onError: (error: unknown) => void;
}

/** Lanes in Postgres. A batch of any size is seven round trips: begin and lock, find, write, a flush per projection, commit. */
export class PostgresStorage implements LaneStorage {
  readonly lanes: number;
  private readonly pool: Pool;

  constructor(private readonly options: PostgresStorageOptions) {
    this.lanes = options.lanes;
    this.pool = options.pool;
  }

  async begin(lane: number): Promise<LaneTransaction> {
    const client = await checkOut(this.pool);
    try {
      // One round trip: without parameters, `pg` sends several statements at once and answers with as many results.
      const results = (await client.query(
        `begin; select sequence, hash, time from lanes where lane = ${lane} for update`,
      )) as unknown as [unknown, { rows: { sequence: string; hash: Buffer; time: string }[] }];
      return new PostgresTransaction(client, lane, headOfRow(results[1].rows[0], lane), this.options);
    } catch (error) {
      giveBack(client, error);
      throw error;
    }
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

  async commandOf(commandId: string): Promise<StoredCommand | undefined> {
    const { rows } = await this.pool.query<CommandRow>({
      name: 'command-of',
      text: 'select command_id, lane, sequence, count, input_hash from commands where command_id = $1',
      values: [commandId],
    });
    return rows[0] && commandOfRow(rows[0]);
  }

  async stateOf(stream: WantedStream): Promise<StreamState | undefined> {
    const found = await findStates(this.pool, this.options.service, [stream]);
    return found.get(stream.streamId);
  }

  async publishedMark(lane: number): Promise<PublishedMark> {
    const { rows } = await this.pool.query<{ sequence: string; hash: Buffer }>(
      'select sequence, hash from relays where lane = $1',
      [lane],
    );
    return { sequence: Number(rows[0]!.sequence), hash: rows[0]!.hash.toString('hex') };
  }

  async movePublishedMark(lane: number, epoch: number, mark: PublishedMark, tellOthers: boolean): Promise<boolean> {
    // The mark may run behind what is published, so it need not wait for the disk.
    const { rowCount } = await this.pool.query({
      name: 'move-published-mark',
      text: `
        with moved as (
          update relays set sequence = $2, hash = $3, epoch = $4 where lane = $1 and epoch <= $4
          returning lane
        )
        select case when $5::boolean then pg_notify($6, $1::int || ':' || $2::bigint) end from moved`,
      values: [lane, mark.sequence, Buffer.from(mark.hash, 'hex'), epoch, tellOthers, publishedChannel],
    });
    return rowCount === 1;
  }

  listen(listener: StorageListener): Promise<() => Promise<void>> {
    return listenForNotices(this.pool, listener, this.options.onError);
  }
}

function headOfRow(row: { sequence: string; hash: Buffer; time: string } | undefined, lane: number): LaneHead {
  if (!row) throw new Error(`lane ${lane} is not in the database`);
  return { sequence: Number(row.sequence), hash: row.hash.toString('hex'), time: Number(row.time) };
}

/** Pairs each event with the hash before it; drops the event that was only read for its hash. */
export function chain(events: readonly StoredEvent[], after: number): ChainedEvent[] {
  const chained: ChainedEvent[] = [];
  let previousHash = firstPreviousHash;
  for (const event of events) {
    if (event.sequence > after) chained.push({ event, previousHash });
    previousHash = event.hash;
  }
  return chained;
}

/**
 * In order of their sequence, a lane's events are in order of their time, so that the primary key is all that a search needs. The one
 * that is looked for stands at `low` or between it and `high`.
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

interface CommandRow {
  command_id: string;
  lane: number;
  sequence: string;
  count: number;
  input_hash: Buffer | null;
}

function commandOfRow(row: CommandRow): StoredCommand {
  return {
    commandId: row.command_id,
    lane: row.lane,
    sequence: Number(row.sequence),
    count: row.count,
    inputHash: row.input_hash?.toString('hex'),
  };
}

interface StateRow {
  stream_id: string;
  revision: number;
  state_version: number;
  state: Buffer;
}

type Queryable = Pick<Pool | PoolClient, 'query'>;

/** States as stored; those of another state version, or of none, are folded from their events. */
async function findStates(
  client: Queryable,
  service: string,
  streams: readonly WantedStream[],
): Promise<Map<string, StreamState>> {
  const found = new Map<string, StreamState>();
  if (streams.length === 0) return found;
  const { rows } = await client.query<StateRow>({
    name: 'find-states',
    text: 'select stream_id, revision, state_version, state from streams where stream_id = any($1)',
    values: [textArray(streams.map((stream) => stream.streamId))],
  });
  const byId = new Map(rows.map((row) => [row.stream_id, row]));
  for (const stream of streams) {
    const row = byId.get(stream.streamId);
    if (row === undefined) continue;
    if (row.state_version === stream.stateVersion) {
      found.set(stream.streamId, { revision: row.revision, state: deserialize(row.state) });
      continue;
    }
    const events = await client.query<EventRow>(
      `select ${eventColumns} from events where stream_id = $1 order by revision`,
      [stream.streamId],
    );
    if (events.rows[0]?.revision !== 1) throw new EventsRetired(`the first events of ${stream.streamId} are`);
    found.set(stream.streamId, stream.fold(events.rows.map((event) => eventOfRow(service, event))));
  }
  return found;
}

/** SQLSTATE classes that blame the data: 22 data exception, 23 integrity constraint violation, 21 cardinality violation. */
const blamesData = /^2[123]/;

class PostgresTransaction implements LaneTransaction {
  constructor(
    private readonly client: PoolClient,
    private readonly lane: number,
    readonly head: LaneHead,
    private readonly options: PostgresStorageOptions,
  ) {}

  async streamsChangedSince(head: LaneHead): Promise<readonly string[] | undefined> {
    const { rows } = await this.client.query<{ sequence: string; hash: Buffer; stream_id: string }>(
      'select sequence, hash, stream_id from events where lane = $1 and sequence >= $2 order by sequence',
      [this.lane, head.sequence],
    );
    if (head.sequence > 0 && rows[0]?.hash.toString('hex') !== head.hash) return undefined;
    return rows.filter((row) => Number(row.sequence) > head.sequence).map((row) => row.stream_id);
  }

  async find(commandIds: readonly string[], streams: readonly WantedStream[]): Promise<Found> {
    const { rows } = await this.client.query<CommandRow>({
      name: 'find-commands',
      text: 'select command_id, lane, sequence, count, input_hash from commands where command_id = any($1)',
      values: [uuidArray(commandIds)],
    });
    const commands = new Map(rows.map((row) => [row.command_id, commandOfRow(row)]));
    return { commands, states: await findStates(this.client, this.options.service, streams) };
  }

  async write(batch: LaneBatch): Promise<void> {
    try {
      await this.client.query({
        name: 'write-batch',
        text: writeBatch,
        values: [
          ...eventArrays(batch.events),
          ...commandArrays(batch.commands),
          ...streamArrays(batch.streams),
          this.lane,
          batch.head.sequence,
          Buffer.from(batch.head.hash, 'hex'),
          batch.head.time,
        ],
      });
      for (const projection of this.options.projections) {
        await writeProjection(this.client, projection, batch.recorded);
      }
    } catch (error) {
      if (error instanceof RangeError || blamesData.test((error as { code?: string }).code ?? '')) {
        throw new UnwritableBatch((error as Error).message, { cause: error });
      }
      throw error;
    }
  }

  async commit(tellRelay: boolean): Promise<void> {
    try {
      await this.client.query(tellRelay ? `select pg_notify('${storedChannel}', '${this.lane}'); commit` : 'commit');
    } catch (error) {
      // Whether it was committed is not known: the connection must not serve anybody else.
      giveBack(this.client, error);
      throw error;
    }
    giveBack(this.client);
  }

  rollback(): Promise<void> {
    return rollBack(this.client);
  }
}

/** Collects a batch of events and writes what came of them. */
export async function writeProjection(
  client: Queryable,
  projection: Projection<DomainEvent>,
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
  if (collected) await projection.flush(client as Parameters<typeof projection.flush>[0], batch);
}

const writeBatch = `
  with stored as (
    insert into events (${eventColumns}) select * from unnest(${eventUnnest(1)})
  ), remembered as (
    insert into commands (command_id, lane, sequence, count, input_hash)
    select * from unnest($15::uuid[], $16::int4[], $17::int8[], $18::int4[], $19::bytea[])
  ), folded as (
    insert into streams (stream_id, revision, state_version, state)
    select * from unnest($20::text[], $21::int4[], $22::int4[], $23::bytea[])
    on conflict (stream_id) do update
      set revision = excluded.revision, state_version = excluded.state_version, state = excluded.state
  )
  update lanes set sequence = $25, hash = $26, time = $27 where lane = $24`;

function commandArrays(commands: readonly StoredCommand[]): Buffer[] {
  return [
    uuidArray(commands.map((command) => command.commandId)),
    int4Array(commands.map((command) => command.lane)),
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
