/** A use, or a correction of one. */
interface OfUse {
  readonly usageId: string;
}

/** Work on uses: what concerns a use follows what was begun for it before. */
export class UsesInOrder {
  /** By use: the last work under way. */
  private readonly last = new Map<string, Promise<unknown>>();

  /**
   * Begins work on uses, at once where none of them is worked on. Failed work is followed, too: it
   * is up to the work itself to find out what was done.
   */
  async follow<T>(uses: readonly OfUse[], work: () => Promise<T>): Promise<T> {
    const before = uses.flatMap(({ usageId }) => this.last.get(usageId) ?? []);
    const result = before.length === 0 ? work() : Promise.allSettled(before).then(work);
    for (const { usageId } of uses) this.last.set(usageId, result);
    try {
      return await result;
    } finally {
      for (const { usageId } of uses) if (this.last.get(usageId) === result) this.last.delete(usageId);
    }
  }
}
