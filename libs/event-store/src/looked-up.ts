import type { DomainEvent, Recorded } from '@tokengrid/kernel';
import type { Command } from './command.ts';
import type { SetBy } from './look-up.ts';

/** Looked-up values of a batch: the stored ones, then what its own events set, in order. */
export class LookedUp {
  private readonly set = new Map<string, string>();
  /**
   * Number of the batch's events whose keys are in {@link set}: only commands with keys need them.
   */
  private taken = 0;

  /** @param events events of the batch so far; it grows */
  constructor(
    private readonly setBy: SetBy,
    private readonly stored: ReadonlyMap<string, string>,
    private readonly events: readonly Recorded<DomainEvent>[],
  ) {}

  /** What a command finds now, among the keys that it names. */
  of({ keys = [], streamId }: Pick<Command<unknown>, 'keys' | 'streamId'>): (key: string) => string | undefined {
    if (keys.length > 0) this.catchUp();
    let named: ReadonlySet<string> | undefined;
    return (key) => {
      named ??= new Set(keys);
      if (!named.has(key))
        throw new Error(`the decision on ${streamId} asks for ${key}, which its command does not name`);
      return this.set.get(key) ?? this.stored.get(key);
    };
  }

  private catchUp(): void {
    for (; this.taken < this.events.length; this.taken++)
      for (const [key, value] of this.setBy(this.events[this.taken]!)) this.set.set(key, value);
  }
}
