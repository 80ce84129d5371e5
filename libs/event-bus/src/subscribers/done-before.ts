import type { StoredEvent } from '@tokengrid/contracts';
import type { PolicyMarks } from './policy-marks.ts';
import { reactionId } from './reaction.ts';

/** Number of batches without a known command after which a lane counts as new. */
const missesUntilNew = 8;

/**
 * Finds the events that a policy reads again, after `restore` or a lost mark: their commands are
 * stored and in the log. One look-up per batch, outside the lanes' queues, so that callers need not
 * wait while years of events are read again. Events with several commands are not looked up: their
 * command ids have parts, and the policy handles them as usual.
 */
export class DoneBefore {
  /** Number of consecutive batches without a known command, by lane. */
  private readonly misses = new Map<number, number>();

  constructor(
    private readonly policy: string,
    private readonly marks: Pick<PolicyMarks, 'published'>,
  ) {}

  /** Events of a batch that the policy still has to handle. */
  async without<Item extends { readonly event: StoredEvent }>(
    lane: number,
    items: readonly Item[],
  ): Promise<readonly Item[]> {
    const misses = this.misses.get(lane) ?? 0;
    if (items.length === 0 || misses >= missesUntilNew) return items;
    const ids = items.map(({ event }) => reactionId(this.policy, event));
    const done = await this.marks.published(ids);
    this.misses.set(lane, done.size === 0 ? misses + 1 : 0);
    return done.size === 0 ? items : items.filter((_, index) => !done.has(ids[index]!));
  }
}
