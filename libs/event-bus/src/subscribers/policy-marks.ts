import { Batcher } from '@tokengrid/event-store';
import { acrossLanes } from '@tokengrid/event-store/postgres';
import type { Pool } from 'pg';
import type { LaneMark } from './lane-mark.ts';
import { keyArrays, type MarkKey, type MarkMove, mustHaveMoved, moveMarks, nameOf } from './subscriber-tables.ts';

const none: ReadonlySet<string> = new Set();

/**
 * Queries of all policies of a process on their tables. Lanes finish together, because they are
 * stored and published together: their queries of the same turn of the event loop share one
 * statement.
 */
export class PolicyMarks {
  private readonly moves = new Batcher((moves: readonly MarkMove[]) => moveMarks(this.pool, moves));
  private readonly commands = new Batcher((asked: readonly (readonly string[])[]) => this.publishedOfAll(asked));
  private readonly looks = new Batcher((keys: readonly MarkKey[]) => this.parkedOfAll(keys));

  /** Lanes in which no event is parked, as known. */
  private readonly clear = new Set<string>();
  /** Lanes with a requested replay, at the last look. */
  private replaysAsked: ReadonlySet<string> = new Set();
  private lookedAt = Number.NEGATIVE_INFINITY;

  /** @param lookEveryMs interval of looking for requested replays */
  constructor(
    readonly pool: Pool,
    private readonly lookEveryMs = 1000,
  ) {}

  /**
   * True if a replay is requested in a lane, as known: one look at intervals covers all subscribers
   * and lanes of the process, because requests are rare.
   */
  isReplayAsked(key: MarkKey): boolean {
    if (performance.now() - this.lookedAt >= this.lookEveryMs) {
      this.lookedAt = performance.now();
      // The next look makes up for a failed one.
      void this.lookForReplays().catch(() => undefined);
    }
    return this.replaysAsked.has(nameOf(key));
  }

  private async lookForReplays(): Promise<void> {
    const { rows } = await this.pool.query<MarkKey>({
      name: 'replays-asked',
      text: 'select distinct subscriber, topic, lane from parked_events where replay_requested',
    });
    this.replaysAsked = new Set(rows.map(nameOf));
  }

  /** Moves a mark from its known position. @throws MarkMoved if it is not there any more */
  async move(key: MarkKey, from: LaneMark, to: LaneMark): Promise<void> {
    const move = { key, from, to };
    mustHaveMoved(move, await this.moves.add(move));
  }

  /** Stored and published commands among these. */
  published(commandIds: readonly string[]): Promise<ReadonlySet<string>> {
    return this.commands.add(commandIds);
  }

  /**
   * Streams of a lane with parked events: later events park behind them. A lane in which none was
   * found is not looked at again: only who applies it parks events in it, and calls
   * {@link expectParked}.
   */
  async parkedStreams(key: MarkKey): Promise<ReadonlySet<string>> {
    const name = nameOf(key);
    if (this.clear.has(name)) return none;
    const found = await this.looks.add(key);
    if (found.size === 0) this.clear.add(name);
    return found;
  }

  /** Has a lane looked at again: an event is parked in it, or another process has applied it. */
  expectParked(key: MarkKey): void {
    this.clear.delete(nameOf(key));
  }

  private async publishedOfAll(asked: readonly (readonly string[])[]): Promise<readonly ReadonlySet<string>[]> {
    const { rows } = await this.pool.query<{ command_id: string }>({
      name: 'published-commands',
      text: `
        ${acrossLanes} select command_id from relays join commands using (lane)
        where command_id = any($1::uuid[]) and commands.sequence + commands.count - 1 <= relays.sequence`,
      values: [asked.flat()],
    });
    const found = new Set(rows.map((row) => row.command_id));
    return asked.map((ids) => new Set(ids.filter((id) => found.has(id))));
  }

  private async parkedOfAll(keys: readonly MarkKey[]): Promise<readonly ReadonlySet<string>[]> {
    const { rows } = await this.pool.query<MarkKey & { stream_id: string }>({
      name: 'parked-streams',
      text: `
        select distinct subscriber, topic, lane, stream_id
        from unnest($1::text[], $2::text[], $3::int4[]) asked (subscriber, topic, lane)
        join parked_events using (subscriber, topic, lane)`,
      values: keyArrays(keys),
    });
    const parked = Map.groupBy(rows, nameOf);
    return keys.map((key) => new Set(parked.get(nameOf(key))?.map((row) => row.stream_id)));
  }
}
