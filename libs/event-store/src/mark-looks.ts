import type { Relay } from './relay.ts';
import type { LaneStorage, StoredCommand } from './storage.ts';

/** Looks at the published marks of lanes whose relays are in other processes. */
export class MarkLooks {
  /** Running look, by lane. */
  private readonly asking = new Map<number, Promise<void>>();

  constructor(
    private readonly storage: Pick<LaneStorage, 'publishedMark' | 'askPublisher'>,
    private readonly relays: readonly Relay[],
  ) {}

  /**
   * Reads the lane's mark unless it is known to have passed a command; once for all requests. The
   * mark may lag behind: if it has not passed the command, the publisher is asked.
   */
  async ask({ lane, sequence, count }: StoredCommand): Promise<void> {
    const relay = this.relays[lane]!;
    const last = sequence + count - 1;
    if (last <= relay.publishedSequence || relay.isHolder) return;
    let asking = this.asking.get(lane);
    if (!asking) {
      asking = this.look(lane, last);
      this.asking.set(lane, asking);
      asking.finally(() => this.asking.delete(lane)).catch(() => undefined);
    }
    await asking;
  }

  private async look(lane: number, last: number): Promise<void> {
    const relay = this.relays[lane]!;
    relay.heard((await this.storage.publishedMark(lane)).sequence);
    if (relay.publishedSequence < last) await this.storage.askPublisher(lane);
  }
}
