import { randomUUID } from 'node:crypto';
import type { Catalogue } from '@tokengrid/contracts';
import type { Pool } from 'pg';
import type { EventLog } from '../event-log.ts';
import { defaultLeaseTerms, type Lease } from '../leases.ts';
import { PostgresLeases } from '../postgres/postgres-leases.ts';
import { storedLanes } from '../postgres/postgres-event-store.ts';
import { PostgresStorage } from '../postgres/postgres-storage.ts';
import { endOfLane, type LogEnd, troubleBetween } from '../lane-end.ts';
import { exclusively } from './exclusive.ts';
import { LaneFault, LaneFollower } from './lane-follower.ts';
import { type MaintenanceOptions, ProgressCount } from './progress.ts';
import { patiently, readLane } from './read-lane.ts';

export interface RepublishOptions extends MaintenanceOptions {
  readonly pool: Pool;
  readonly log: EventLog;
  readonly catalogue: Catalogue;
  /** Replication factor of a topic that has to be created. */
  readonly replicationFactor: number;
}

/** Result of a republish. */
export interface Republished {
  /** True if the topic was missing. */
  readonly created: boolean;
  readonly events: number;
  readonly eventsPerSecond: number;
}

const appendEvents = 2000;

/** Maximum time of a running append: the log's request time-out. */
const appendTimeoutMs = 3000;

/**
 * Publishes the missing end of a topic, or all of it, from Postgres: same bytes, ids, sequences and
 * hashes. It holds the leases of all relays meanwhile, so a running service accepts commands,
 * publishes nothing, and continues from here afterwards.
 * @throws Error if the topic has events that the database lacks or contradicts
 */
export function republishService(options: RepublishOptions): Promise<Republished> {
  return exclusively(options.pool, async () => {
    const { pool, log, catalogue } = options;
    const lanes = await storedLanes(pool, catalogue.service);
    if (lanes === undefined) throw new Error(`the database of ${catalogue.service} is empty: nothing to publish`);
    const storage = new PostgresStorage({
      pool,
      service: catalogue.service,
      lanes,
      projections: [],
      watched: [],
      onError: () => undefined,
    });
    const relays = await RelayLeases.seize(pool, lanes);
    try {
      // Not earlier: a retrying relay would append its next event to the new topic before the first
      // ones.
      const created = await ensureTopic(options, lanes);
      const ends = await endsOf(log, catalogue, storage);
      const count = new ProgressCount(`republish ${catalogue.service}`, options, await missing(storage, ends));
      for (const [lane, end] of ends.entries())
        await new LaneRepublish(options, storage, relays, count, lane).from(end);
      return { created, events: count.events, eventsPerSecond: count.eventsPerSecond };
    } finally {
      await relays.release();
    }
  });
}

/** Creates the topic if it is missing. Returns whether it did. */
async function ensureTopic({ log, catalogue, replicationFactor }: RepublishOptions, lanes: number): Promise<boolean> {
  const partitions = await log.partitionsOf(catalogue.topic);
  if (partitions === undefined) {
    await log.createTopic(catalogue.topic, { partitions: lanes, replicationFactor });
    return true;
  }
  if (partitions !== lanes)
    throw new Error(
      `${catalogue.topic} has ${partitions} partitions, but the database was made for ${lanes} lanes: delete the topic, then republish`,
    );
  return false;
}

/** End of each lane in the topic. @throws Error if it is not a prefix of the database's events */
async function endsOf(
  log: EventLog,
  { service, topic }: Catalogue,
  storage: PostgresStorage,
): Promise<readonly LogEnd[]> {
  const ends: LogEnd[] = [];
  for (let lane = 0; lane < storage.lanes; lane++) {
    await checkBeginning(log, service, topic, lane);
    const end = await patiently(() => endOfLane(log, topic, lane));
    // Compared with its own end as the mark: being behind is expected here.
    const trouble = await troubleBetween(end, end, await storage.headOf(lane), storage, lane);
    if (trouble) throw new Error(`lane ${lane}: ${trouble.reason}`);
    ends.push(end);
  }
  return ends;
}

/**
 * Checks that a lane begins with its first event: appending can't repair a topic without its
 * beginning.
 */
async function checkBeginning(log: EventLog, service: string, topic: string, lane: number): Promise<void> {
  const follower = new LaneFollower(service, lane);
  try {
    for await (const records of readLane(log, topic, lane, 0)) {
      for (const record of records) follower.follow(record);
      return;
    }
  } catch (error) {
    if (!(error instanceof LaneFault)) throw error;
    throw new Error(`${topic}, ${error.message}. Appending can't mend that: delete the topic, then republish.`, {
      cause: error,
    });
  }
}

async function missing(storage: PostgresStorage, ends: readonly LogEnd[]): Promise<number> {
  let events = 0;
  for (const [lane, end] of ends.entries()) events += (await storage.headOf(lane)).sequence - end.sequence;
  return events;
}

function retiredAfter(lane: number, sequence: number): Error {
  return new Error(
    `lane ${lane}: the topic ends at ${sequence}, and the database begins behind that, for old events were retired. ` +
      'Put a backup of the database in its place that has them, then republish.',
  );
}

class LaneRepublish {
  constructor(
    private readonly options: RepublishOptions,
    private readonly storage: PostgresStorage,
    private readonly relays: RelayLeases,
    private readonly count: ProgressCount,
    private readonly lane: number,
  ) {}

  /** Appends all stored events behind the lane's end, and marks them as published. */
  async from(start: LogEnd): Promise<void> {
    const { log, catalogue } = this.options;
    let end = start;
    for (;;) {
      const batch = await this.storage.eventsAfter(this.lane, end.sequence, appendEvents);
      if (batch.length === 0) break;
      if (batch[0]!.event.sequence !== end.sequence + 1) throw retiredAfter(this.lane, end.sequence);
      // A failed append may have taken effect; repeating it is harmless, continuing without it is
      // not.
      const offset = await patiently(() => log.append(catalogue.topic, this.lane, batch));
      const { sequence, hash } = batch.at(-1)!.event;
      end = { sequence, hash, offset };
      this.count.add(batch.length);
    }
    await this.storage.movePublishedMark(this.lane, this.relays.epochOf(this.lane), end, true);
  }
}

/** Leases of all relays of a service, taken from their holders. */
class RelayLeases {
  private constructor(
    private readonly table: PostgresLeases,
    private readonly holder: string,
    private readonly leases: ReadonlyMap<string, Lease>,
    private readonly timer: NodeJS.Timeout,
  ) {}

  /** Takes all leases, and waits until their holders have noticed and have no append running. */
  static async seize(pool: Pool, lanes: number): Promise<RelayLeases> {
    const table = new PostgresLeases(pool);
    const holder = `republish-${randomUUID()}`;
    const names = Array.from({ length: lanes }, (_, lane) => `relay/${lane}`);
    const { ttlMs, renewEveryMs } = defaultLeaseTerms;
    await table.declare(names);
    await table.beat(holder, ttlMs);
    const { rows } = await pool.query<{ name: string; epoch: string; lived: boolean }>(
      `update leases taken set holder = $1, epoch = taken.epoch + 1 from leases held
       where held.name = taken.name and taken.name = any($2)
       returning taken.name, taken.epoch,
         exists (select from lease_holders h where h.holder = held.holder and h.alive_until > clock_timestamp()) as lived`,
      [holder, names],
    );
    const leases = new Map(rows.map(({ name, epoch }) => [name, { name, epoch: Number(epoch) }]));
    const beat = () => void table.beat(holder, ttlMs).catch(() => undefined);
    const seized = new RelayLeases(table, holder, leases, setInterval(beat, renewEveryMs));
    if (rows.some(({ lived }) => lived)) await new Promise((resolve) => setTimeout(resolve, ttlMs + appendTimeoutMs));
    return seized;
  }

  epochOf(lane: number): number {
    return this.leases.get(`relay/${lane}`)!.epoch;
  }

  async release(): Promise<void> {
    clearInterval(this.timer);
    await this.table.release(this.holder, [...this.leases.keys()]);
  }
}
