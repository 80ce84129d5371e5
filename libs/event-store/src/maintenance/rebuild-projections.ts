import type { Catalogue } from '@tokengrid/contracts';
import type { DomainEvent, Recorded } from '@tokengrid/kernel';
import type { Pool, PoolClient } from 'pg';
import { acrossLanes } from '../postgres/across-lanes.ts';
import { writeProjection } from '../postgres/lane-transaction.ts';
import { type Projection, wantsType } from '../projection.ts';
import { digestOf, type TableDigest } from './digest.ts';
import { exclusively } from './exclusive.ts';
import { type MaintenanceOptions, ProgressCount } from './progress.ts';
import { headOf } from './restore-batch.ts';
import { refuseRetired } from './stored-beginning.ts';
import { storedPages } from './stored-pages.ts';
import { swapInTransaction } from './swap-transaction.ts';
import { skippedBecause } from './skipped-stored.ts';
import { TableCopies } from './table-copies.ts';
import type { UnreadableFound } from './unreadable-found.ts';

export interface RebuildOptions extends MaintenanceOptions {
  /**
   * The service's database. The rebuild uses two connections, beside the one with the maintenance
   * lock.
   */
  readonly pool: Pool;
  readonly catalogue: Catalogue;
  /** Projections of the service's own events, rebuilt in one pass. */
  readonly projections: readonly Projection<DomainEvent>[];
}

/** Result of a rebuild. */
export interface Rebuilt {
  readonly events: number;
  readonly eventsPerSecond: number;
  readonly digests: readonly TableDigest[];
  /** Unreadable events. */
  readonly unreadable: readonly UnreadableFound[];
  /** Names of projections that need one of those, and were left unchanged. */
  readonly left: readonly string[];
}

/**
 * Number of remaining events below which the lanes are locked; larger rests are caught up without
 * locks.
 */
const smallRest = 2000;
/**
 * Maximum rounds of catching up; after them the service writes faster than we do, and the lanes are
 * locked for the rest.
 */
const mostRounds = 8;

/**
 * Replays the stored events into fresh copies of the projections' tables and swaps them in. The
 * service may run: its lanes are locked only for the last few events and the swap. A projection
 * that needs an unreadable event is left unchanged, unless the operator has the event skipped: its
 * tables know more than could be rebuilt.
 */
export function rebuildProjections(options: RebuildOptions): Promise<Rebuilt> {
  return exclusively(options.pool, () => rebuild(options));
}

async function rebuild(options: RebuildOptions): Promise<Rebuilt> {
  const { pool, projections } = options;
  await refuseRetired(pool);
  const tables = tablesOf(projections);
  const client = await pool.connect();
  // A broken connection fails the next statement, which handles it.
  client.on('error', () => undefined);
  try {
    const copies = await TableCopies.make(client, tables);
    const replay = new Replay(options, client, eventsBetween(new Map(), await headsOf(pool)));
    let reached: Heads = new Map();
    for (let round = 0; round < mostRounds; round++) {
      reached = await replay.between(reached, await headsOf(pool));
      if (eventsBetween(reached, await headsOf(pool)) <= smallRest) break;
    }
    let last: Heads = reached;
    const lock = async () => {
      last = await lockedHeads(client, (await headsOf(client)).keys());
      await copies.lockTables();
    };
    let left: readonly string[] = [];
    await swapInTransaction(client, lock, async () => {
      await replay.between(reached, last);
      left = await replay.incomplete();
      await copies.swap(tablesOf(projections.filter(({ name }) => !left.includes(name))));
    });
    const { events, eventsPerSecond } = replay.count;
    const digests = await digestOf(pool, tables);
    return { events, eventsPerSecond, digests, unreadable: await replay.unreadable(), left };
  } finally {
    // Its search path must not return to the pool.
    client.release(true);
  }
}

const tablesOf = (projections: RebuildOptions['projections']) => projections.flatMap(({ tables }) => tables);

/** Last sequence of every lane. */
async function headsOf(client: Pick<Pool | PoolClient, 'query'>): Promise<Heads> {
  const { rows } = await client.query<{ lane: number; sequence: string }>(
    `${acrossLanes} select lane, sequence from lanes order by lane`,
  );
  return new Map(rows.map(({ lane, sequence }) => [lane, Number(sequence)]));
}

/** Last sequences under all lanes' locks, taken in the order in which transactions take theirs. */
async function lockedHeads(client: PoolClient, lanes: Iterable<number>): Promise<Heads> {
  const heads = new Map<number, number>();
  for (const lane of lanes) heads.set(lane, (await headOf(client, lane, 'for update')).sequence);
  return heads;
}

type Heads = ReadonlyMap<number, number>;

function eventsBetween(from: Heads, to: Heads): number {
  let events = 0;
  for (const [lane, sequence] of to) events += sequence - (from.get(lane) ?? 0);
  return events;
}

/** Replays lanes one after another: decodes a page while Postgres writes the one before. */
class Replay {
  readonly count: ProgressCount;
  private readonly found: UnreadableFound[] = [];
  private readonly types: readonly string[];

  constructor(
    private readonly options: RebuildOptions,
    private readonly client: PoolClient,
    total: number,
  ) {
    const { projections, catalogue } = options;
    this.count = new ProgressCount(`rebuild ${projections.map(({ name }) => name).join(', ')}`, options, total);
    this.types = Object.keys(catalogue.events).filter((type) =>
      projections.some((projection) => wantsType(projection, type)),
    );
  }

  /** Replays the events between two states of the lanes, and returns the second. */
  async between(from: Heads, to: Heads): Promise<Heads> {
    for (const [lane, sequence] of to) {
      const after = from.get(lane) ?? 0;
      if (sequence > after) await this.replayLane(lane, after, sequence);
    }
    return to;
  }

  private async replayLane(lane: number, after: number, upTo: number): Promise<void> {
    const { pool, catalogue } = this.options;
    let writing: Promise<void> | undefined;
    let told = after;
    const unreadable = (found: UnreadableFound) => this.found.push(found);
    for await (const page of storedPages({
      client: pool,
      catalogue,
      types: this.types,
      lane,
      after,
      upTo,
      unreadable,
    })) {
      await writing;
      writing = this.write(lane, page);
      writing.catch(() => undefined);
      const last = page.at(-1)?.sequence ?? told;
      this.count.add(last - told);
      told = last;
    }
    await writing;
    this.count.add(upTo - told);
  }

  /** Unreadable events, with the reason of their skip if they are skipped. */
  unreadable(): Promise<readonly UnreadableFound[]> {
    return skippedBecause(this.options.pool, this.options.catalogue.service, this.found);
  }

  /** Names of the projections that lack an event. */
  async incomplete(): Promise<readonly string[]> {
    const missing = (await this.unreadable()).filter((found) => found.skippedBecause === undefined);
    const lacks = (projection: Projection<DomainEvent>) => missing.some(({ type }) => wantsType(projection, type));
    return this.options.projections.filter(lacks).map(({ name }) => name);
  }

  private async write(lane: number, page: readonly Recorded<DomainEvent>[]): Promise<void> {
    for (const projection of this.options.projections) await writeProjection(this.client, projection, lane, page);
  }
}
