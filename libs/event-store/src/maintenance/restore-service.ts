import { type Catalogue, firstPreviousHash } from '@tokengrid/contracts';
import type { DomainEvent } from '@tokengrid/kernel';
import type { Pool } from 'pg';
import type { EventLog } from '../event-log.ts';
import { defaultLimits } from '../event-store-limits.ts';
import { acrossLanes } from '../postgres/across-lanes.ts';
import { createLanes, storedLanes } from '../postgres/postgres-event-store.ts';
import { believeAgain, storeTables } from '../postgres/watched-tables.ts';
import type { Projection } from '../projection.ts';
import { digestOf, type TableDigest } from './digest.ts';
import type { KindOf } from './fold-states.ts';
import { exclusively } from './exclusive.ts';
import { type MaintenanceOptions, ProgressCount } from './progress.ts';
import { partitionsOf, recordsIn } from './read-lane.ts';
import { rebuildForeign } from './rebuild-foreign-projection.ts';
import { type LaneRestored, restoreLane } from './restore-lane.ts';
import type { UnreadableFound } from './unreadable-found.ts';

/** A projection of foreign events, and the name under which its marks are kept. */
interface SubscribedProjection {
  readonly subscriber: string;
  readonly catalogue: Catalogue;
  readonly projection: Projection<DomainEvent>;
}

export interface RestoreOptions extends MaintenanceOptions {
  /** A migrated database: empty, or behind its topic. */
  readonly pool: Pool;
  /**
   * True if the database was created for this restore, under a name that no service process uses.
   */
  readonly isOwn?: boolean;
  readonly log: EventLog;
  readonly catalogue: Catalogue;
  readonly projections: readonly Projection<DomainEvent>[];
  readonly foreignProjections: readonly SubscribedProjection[];
  /**
   * Kind of a stream by its id: states of long streams are stored on the way, so that no later load
   * is slow.
   */
  readonly kindOf?: KindOf | undefined;
}

/** Result of a restore. */
export interface Restored {
  readonly lanes: readonly LaneRestored[];
  /** Number of events stored; 0 if the database had all of them. */
  readonly events: number;
  /** Events read, checked and stored per second. */
  readonly eventsPerSecond: number;
  readonly digests: readonly TableDigest[];
  /**
   * Unreadable events: its own, which its read models lack, and foreign ones, which block their
   * readers.
   */
  readonly unreadable: readonly UnreadableFound[];
}

/** Number of lanes restored at once: one decodes while Postgres writes for another. */
const lanesAtOnce = 3;

/**
 * Fills a service's database from the topics: events, command ids, streams, sequences, its own
 * projections, published marks, and the foreign projections. Policies' marks stay: events that they
 * read again find their commands stored.
 *
 * Safe while the service runs: each batch is stored under its lane's lock, on top of the expected
 * head, and a service whose topic is ahead accepts no commands in that lane until it has caught up.
 * @throws LaneFault for a broken topic; Error if topic and database are two histories or do not
 * belong together
 */
export function restoreService(options: RestoreOptions): Promise<Restored> {
  return exclusively(options.pool, async () => {
    const { pool, log, catalogue, projections, foreignProjections, kindOf } = options;
    const lanes = await settledLanes(options);
    if (await isNew(pool)) await believeAgain(pool, [...storeTables, ...projections.flatMap(({ tables }) => tables)]);
    const total = await recordsIn(log, catalogue.topic, lanes);
    const count = new ProgressCount(`restore ${catalogue.service}`, options, total);
    const restored = await restoreLanes(lanes, (lane) =>
      restoreLane({ pool, log, catalogue, projections, kindOf, lanes, count }, lane),
    );
    const { eventsPerSecond } = count;
    await markPublished(pool, restored);
    const own = await digestOf(
      pool,
      projections.flatMap(({ tables }) => tables),
    );
    const foreign: TableDigest[] = [];
    const unreadable = restored.flatMap((lane) => lane.unreadable);
    for (const each of foreignProjections) {
      // An empty topic has nothing to project.
      if ((await log.partitionsOf(each.catalogue.topic)) === undefined) continue;
      const rebuilt = await rebuildForeign({ ...options, ...each });
      foreign.push(...rebuilt.digests);
      unreadable.push(...rebuilt.unreadable);
    }
    const events = restored.reduce((sum, { before, after, refilled }) => sum + after - before + refilled, 0);
    return { lanes: restored, events, eventsPerSecond, digests: [...own, ...foreign], unreadable };
  });
}

/** True if no lane has an event: everything missing will be restored. */
async function isNew(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ last: string | null }>(`${acrossLanes} select max(sequence) as last from lanes`);
  return Number(rows[0]!.last) === 0;
}

/** Number of lanes: the topic's partitions decide, as at a service's start. */
async function settledLanes({ pool, log, catalogue, isOwn = false }: RestoreOptions): Promise<number> {
  const partitions = await partitionsOf(log, catalogue.topic);
  const stored = await storedLanes(pool, catalogue.service);
  if (stored === undefined) {
    if (!isOwn) await untilNoticed();
    await createLanes(pool, catalogue.service, partitions);
  } else if (stored !== partitions)
    throw new Error(
      `${catalogue.topic} has ${partitions} partitions, but the database was made for ${stored} lanes: they do not belong together`,
    );
  return partitions;
}

/**
 * Waits until a running service has noticed the loss. Such a process would start its lanes anew as
 * soon as they exist; it checks its rows every `lookEveryMs`, finds none, and accepts no commands
 * until the database has caught up with the topic.
 */
async function untilNoticed(): Promise<void> {
  const { lookEveryMs, pollEveryMs } = defaultLimits;
  await new Promise((resolve) => setTimeout(resolve, lookEveryMs + 4 * pollEveryMs));
}

/**
 * Runs `work` on all lanes, a few at once; after the first failure it waits for the running ones
 * and ends.
 */
async function restoreLanes(
  lanes: number,
  work: (lane: number) => Promise<LaneRestored>,
): Promise<readonly LaneRestored[]> {
  const restored: LaneRestored[] = [];
  let next = 0;
  let failed = false;
  const worker = async () => {
    while (next < lanes && !failed) {
      try {
        restored.push(await work(next++));
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: lanesAtOnce }, worker));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return restored.toSorted((one, other) => one.lane - other.lane);
}

/**
 * Marks all events of the topic as published. A mark only moves forward: the service's own relay
 * may be ahead.
 */
async function markPublished(pool: Pool, lanes: readonly LaneRestored[]): Promise<void> {
  for (const { lane, topicSequence } of lanes) {
    await pool.query(
      `update relays set sequence = $2, log_offset = 0, hash = coalesce((select hash from events where lane = $1 and sequence = $2), $3)
       where lane = $1 and sequence < $2`,
      [lane, topicSequence, Buffer.from(firstPreviousHash, 'hex')],
    );
  }
}
