import type { Relay } from './relay.ts';
import type { LaneStorage, StoredCommand } from './storage.ts';

/** Looks at the published marks of lanes whose relays are in other processes. */
export class MarkLooks {
  /** Running look, by lane. */
  private readonly asking = new Map<number, Promise<void>>();

  constructor(
    private readonly storage: Pick<LaneStorage, 'publishedMark'>,
    private readonly relays: readonly Relay[],
  ) {}

  /** Reads the lane's mark unless it is known to have passed a command; once for all requests. */
  async ask({ lane, sequence, count }: StoredCommand): Promise<void> {
    const relay = this.relays[lane]!;
    if (sequence + count - 1 <= relay.publishedSequence || relay.isHolder) return;
    let asking = this.asking.get(lane);
    if (!asking) {
      asking = this.storage.publishedMark(lane).then((mark) => relay.heard(mark.sequence));
      this.asking.set(lane, asking);
      asking.finally(() => this.asking.delete(lane)).catch(() => undefined);
    }
    await asking;
  }
}
