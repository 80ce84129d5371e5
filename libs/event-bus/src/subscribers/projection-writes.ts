import { Batcher, type ForeignWrites, type ProjectedEvents, writeForeign } from '@tokengrid/event-store';
import type { Pool, PoolClient } from 'pg';
import { type MarkKey, type MarkMove, movedOf, moveStatement, mustHaveMoved } from './subscriber-tables.ts';

/** Events that a projection applies, and the move of its mark behind them. */
export interface ProjectionWrite extends ProjectedEvents {
  readonly move: MarkMove;
}

/**
 * Longest wait of a shared transaction for a mark that another process holds: by itself each lane
 * waits for its own only.
 */
const sharedLockTimeoutMs = 200;

/**
 * Writes of all foreign projections of a process. Lanes are read together, so their writes of the
 * same turn of the event loop share one transaction. If it fails, each is tried alone: one lane's
 * trouble does not affect the others.
 */
export class ProjectionWrites {
  private readonly together = new Batcher((writes: readonly ProjectionWrite[]) => this.writeAll(writes));

  constructor(private readonly pool: Pool) {}

  /** Writes rows and moves their mark, both or neither. @throws MarkMoved if it was not there */
  async write(write: ProjectionWrite): Promise<void> {
    await (
      await this.together.add(write)
    )();
  }

  /** The same in a transaction of its own, with further work in it. */
  alone(write: ProjectionWrite, further?: (client: PoolClient) => Promise<void>): Promise<void> {
    return this.transact([write], { further });
  }

  /** @returns what is left to do for each: nothing, or to write it alone */
  private async writeAll(writes: readonly ProjectionWrite[]): Promise<readonly (() => Promise<void>)[]> {
    const alone = writes.map((write) => () => this.alone(write));
    if (writes.length === 1) return alone;
    try {
      await this.transact(writes, { lockTimeoutMs: sharedLockTimeoutMs });
      return writes.map(() => () => Promise.resolve());
    } catch {
      // What one of them fails with is told by its own transaction.
      return alone;
    }
  }

  private transact(
    projected: readonly ProjectionWrite[],
    settings: Pick<ForeignWrites, 'further' | 'lockTimeoutMs'>,
  ): Promise<void> {
    const moves = projected.map(({ move }) => move);
    return writeForeign(this.pool, {
      first: moveStatement(moves),
      check: ({ rows }) => {
        const moved = movedOf(moves, rows as readonly MarkKey[]);
        moves.forEach((move, at) => mustHaveMoved(move, moved[at]));
      },
      projected,
      ...settings,
    });
  }
}
