import { type Catalogue, readData, type StoredEvent } from '@tokengrid/contracts';
import type { ChainedEvent } from '@tokengrid/event-store';
import type { DomainEvent, Recorded } from '@tokengrid/kernel';

/** Enough for the events that all lanes have in hand at a time. */
const usualMaxBytes = 8 * 1024 * 1024;

/**
 * Data of the latest events by their hashes, decoded once for all subscribers of a process. A hash
 * covers the event's bytes, so what was decided here needs no decoding at all: a service's own
 * policies get the data that its decisions stated.
 */
export class DecodedEvents {
  /** Data by hash: of the latest events, and of those before them. */
  private latest = new Map<string, unknown>();
  private before = new Map<string, unknown>();
  /** Bytes of the latest events. */
  private bytes = 0;
  /** Types of events that subscribers of this process read, by service. */
  private readonly wanted = new Set<string>();

  /** @param maxBytes most bytes of held events, as they were encoded; about half are always held */
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
    const held = this.latest.get(event.hash) ?? this.before.get(event.hash);
    if (held !== undefined) return held;
    const data = readData(catalogue, event);
    this.hold(event, data);
    return data;
  }

  /**
   * Forgets half of the events at once. Deleting the oldest one by one costs more: a search for the
   * first entry of a Map passes over all that were deleted before it.
   */
  private hold({ hash, value }: Pick<StoredEvent, 'hash' | 'value'>, data: unknown): void {
    if (this.bytes + value.length > this.maxBytes / 2) {
      this.before = this.latest;
      this.latest = new Map();
      this.bytes = 0;
    }
    this.latest.set(hash, data);
    this.bytes += value.length;
  }
}
