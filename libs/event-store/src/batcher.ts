interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** Batches the requests of one turn of the event loop. */
export class Batcher<Item, Result> {
  private waiting: Waiting<Item, Result>[] = [];

  /** @param doAll results of the items, in their order; its rejection rejects each of them */
  constructor(private readonly doAll: (items: readonly Item[]) => Promise<readonly Result[]>) {}

  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (this.waiting.length === 1) setImmediate(() => void this.run());
    });
  }

  private async run(): Promise<void> {
    const { waiting } = this;
    this.waiting = [];
    try {
      const results = await this.doAll(waiting.map(({ item }) => item));
      waiting.forEach(({ resolve }, at) => resolve(results[at]!));
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }
}
