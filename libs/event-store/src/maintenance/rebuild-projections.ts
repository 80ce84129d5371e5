import type { Catalogue } from '@tokengrid/contracts';
import type { DomainEvent, Recorded } from '@tokengrid/kernel';
import type { Pool, PoolClient } from 'pg';
import { writeProjection } from '../postgres/lane-transaction.ts';
import { type Projection, wantsType } from '../projection.ts';
import { digestOf, type TableDigest } from './digest.ts';
import { exclusively } from './exclusive.ts';
import { type MaintenanceOptions, ProgressCount } from './progress.ts';
import { refuseRetired } from './stored-beginning.ts';
import { storedPages } from './stored-pages.ts';
import { swapInTransaction } from './swap-transaction.ts';
import { skippedBecause } from './skipped-stored.ts';
import { TableCopies } from './table-copies.ts';
import type { UnreadableFound } from './unreadable-found.ts';

export interface RebuildOptions extends MaintenanceOptions {
  /** The service's database. Two of its connections are used, beside one that guards against a second command. */
  readonly pool: Pool;
  readonly catalogue: Catalogue;
  /** Projections of the service's own events, rebuilt in one pass. */
  readonly projections: readonly Projection<DomainEvent>[];
}

/** What a rebuild did. */
export interface Rebuilt {
  readonly events: number;
  readonly eventsPerSecond: number;
  readonly digests: readonly TableDigest[];
  /** Events that could not be read. */
  readonly unreadable: readonly UnreadableFound[];
  /** Projections that would have been rebuilt without one of those, and were left as they are; by name. */
  readonly left: readonly string[];
}

/** As long as more events than this arrived meanwhile, they are caught up without holding anybody up. */
const smallRest = 2000;
/** Rounds of catching up; after that the service writes faster than we do, and the lanes are locked for what is left. */
const mostRounds = 8;

/**
 * Replays the stored events into fresh copies of the projections' tables and puts those in place, while the service runs: its lanes are
 * locked only for the last few events and the swap. A projection that needs an event that can't be read is left as it is, unless the
 * operator has the event skipped: what its tables know of it is more than could be made anew.
 */
export function rebuildProjections(options: RebuildOptions): Promise<Rebuilt> {
  return exclusively(options.pool, () => rebuild(options));
}

async function rebuild(options: RebuildOptions): Promise<Rebuilt> {
  const { pool, projections } = options;
  await refuseRetired(pool);
  const tables = tablesOf(projections);
  const client = await pool.connect();
  // A connection that breaks fails the next statement, which is where it is met.
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
      last = await headsOf(client, 'for update');
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
    // Its search path must not go back into the pool.
    client.release(true);
  }
}

const tablesOf = (projections: RebuildOptions['projections']) => projections.flatMap(({ tables }) => tables);

/** The last sequence of every lane. */
async function headsOf(client: Pick<Pool | PoolClient, 'query'>, locking: 'for update' | '' = ''): Promise<Heads> {
  const { rows } = await client.query<{ lane: number; sequence: string }>(
    `select lane, sequence from lanes order by lane ${locking}`,
  );
  return new Map(rows.map(({ lane, sequence }) => [lane, Number(sequence)]));
}

type Heads = ReadonlyMap<number, number>;

function eventsBetween(from: Heads, to: Heads): number {
  let events = 0;
  for (const [lane, sequence] of to) events += sequence - (from.get(lane) ?? 0);
  return events;
}

/** Replays lanes one after the other: decodes a page while Postgres writes the one before. */
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

  /** Replays what lies between two states of the lanes, and returns the second. */
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
      writing = this.write(page);
      writing.catch(() => undefined);
      const last = page.at(-1)?.sequence ?? told;
      this.count.add(last - told);
      told = last;
    }
    await writing;
    this.count.add(upTo - told);
  }

  /** What could not be read, and why it is skipped where it is. */
  unreadable(): Promise<readonly UnreadableFound[]> {
    return skippedBecause(this.options.pool, this.options.catalogue.service, this.found);
  }

  /** Names of the projections that lack an event. */
  async incomplete(): Promise<readonly string[]> {
    const missing = (await this.unreadable()).filter((found) => found.skippedBecause === undefined);
    const lacks = (projection: Projection<DomainEvent>) => missing.some(({ type }) => wantsType(projection, type));
    return this.options.projections.filter(lacks).map(({ name }) => name);
  }

  private async write(page: readonly Recorded<DomainEvent>[]): Promise<void> {
    for (const projection of this.options.projections) await writeProjection(this.client, projection, page);
  }
}
