import { type Catalogue, readData, type StoredEvent } from '@tokengrid/contracts';
import type { ChainedEvent } from '@tokengrid/event-store';
import type { DomainEvent, Recorded } from '@tokengrid/kernel';

/** Enough for the events that all lanes have in hand at a time. */
const usualMaxBytes = 8 * 1024 * 1024;

interface Held {
  readonly data: unknown;
  readonly bytes: number;
}

/**
 * Data of the latest events by their hashes, decoded once for all subscribers of a process. A hash
 * covers the event's bytes, so what was decided here needs no decoding at all: a service's own
 * policies get the data that its decisions stated.
 */
export class DecodedEvents {
  private readonly held = new Map<string, Held>();
  private bytes = 0;
  /** Types of events that subscribers of this process read, by service. */
  private readonly wanted = new Set<string>();

  /** @param maxBytes most bytes of held events, as they were encoded */
  constructor(private readonly maxBytes = usualMaxBytes) {}

  /** Has the data of own events of these types held when they are committed. */
  want({ service }: Catalogue, types: Iterable<string>): void {
    for (const type of types) this.wanted.add(`${service}.${type}`);
  }

  /** Holds the data of committed events that a subscriber of this process reads. */
  committed(chained: readonly ChainedEvent[], recorded: readonly Recorded<DomainEvent>[]): void {
    if (this.wanted.size === 0) return;
    recorded.forEach(({ service, type, data }, at) => {
      if (this.wanted.has(`${service}.${type}`)) this.hold(chained[at]!.event, data);
    });
  }

  /**
   * Data of an event whose hash was checked.
   * @throws NewerEvent, UnreadableEvent
   */
  read(catalogue: Catalogue, event: StoredEvent): unknown {
    const held = this.held.get(event.hash);
    if (held) return held.data;
    const data = readData(catalogue, event);
    this.hold(event, data);
    return data;
  }

  private hold({ hash, value }: Pick<StoredEvent, 'hash' | 'value'>, data: unknown): void {
    const bytes = value.length;
    this.held.set(hash, { data, bytes });
    this.bytes += bytes;
    for (const [oldest, { bytes: freed }] of this.held) {
      if (this.bytes <= this.maxBytes) return;
      this.held.delete(oldest);
      this.bytes -= freed;
    }
  }
}
