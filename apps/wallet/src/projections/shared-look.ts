/** Looks many things up at once: whoever asks in the same turn of the event loop shares one query. */
export class SharedLook<Found> {
  /** The look that has not begun. */
  private next: { readonly asked: Set<string>; readonly found: Promise<ReadonlyMap<string, Found>> } | undefined;

  constructor(private readonly find: (keys: readonly string[]) => Promise<ReadonlyMap<string, Found>>) {}

  /** What is found under a key, if anything. */
  async of(key: string): Promise<Found | undefined> {
    const { asked, found } = (this.next ??= this.soon());
    asked.add(key);
    return (await found).get(key);
  }

  private soon() {
    const asked = new Set<string>();
    const turn = new Promise((resolve) => setImmediate(resolve));
    const found = turn.then(() => {
      this.next = undefined;
      return this.find([...asked]);
    });
    return { asked, found };
  }
}
