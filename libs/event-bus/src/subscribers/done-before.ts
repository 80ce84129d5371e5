import type { StoredEvent } from '@tokengrid/contracts';
import type { PolicyMarks } from './policy-marks.ts';
import { reactionId } from './reaction.ts';

/** A lane in which nothing turned out to be done for so many batches is read for the first time. */
const missesUntilNew = 8;

/**
 * Tells which events a policy reads again, after `restore` or a lost mark: those whose command is stored and in the log. Found in one look
 * per batch, without a place in any lane's queue, so that callers need not wait while years of events are read again. Commands that are
 * one of several that an event led to are not looked for: their ids have parts, and such events come to the policy as ever.
 */
export class DoneBefore {
  /** By lane: batches without a hit, one after the other. */
  private readonly misses = new Map<number, number>();

  constructor(
    private readonly policy: string,
    private readonly marks: Pick<PolicyMarks, 'published'>,
  ) {}

  /** The events of a batch that are still to be reacted to. */
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
