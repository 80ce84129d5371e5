import type { Begins } from '../formats/asked.ts';
import { ReadEvent } from '../formats/read-event.ts';
import { type Usage } from '../formats/usage.ts';
import { WrittenText } from '../formats/written-text.ts';
import { unitsOfPiece } from '../counting/estimates.ts';

/** Bytes of events that are kept as they are, before their text is taken out. */
const mostKeptBytes = 2 ** 20;

/**
 * What was read of a provider's stream, in units. The events are kept until the provider states
 * usage: if it never does, their text is counted.
 */
export class StreamReading {
  /** Usage that was stated last. */
  usage: Usage | undefined;
  /** True once usage came in a chunk of its own: nothing follows it. */
  hasFinalUsage = false;
  private pieces = 0;
  private kept: Buffer[] = [];
  private keptBytes = 0;
  private readonly text = new WrittenText();

  constructor(private readonly begins: Begins) {}

  /** Usage with events that are not taken yet: as stated, else an estimate. */
  usageWith(events: readonly ReadEvent[]): Usage {
    const stated = events.findLast(({ usage }) => usage !== undefined)?.usage ?? this.usage;
    if (stated) return stated;
    const pieces = events.reduce((sum, { writtenBytes }) => sum + unitsOfPiece(writtenBytes), this.pieces);
    return { input: this.begins.input, cached: 0, output: pieces, reasoning: 0 };
  }

  /** Takes events: from now on they are part of the answer. */
  take(events: readonly ReadEvent[]): void {
    for (const event of events) {
      if (event.usage) {
        this.usage = event.usage;
        this.hasFinalUsage = event.hasUsageAlone;
        continue;
      }
      if (event.kind !== 'data' || this.usage) continue;
      this.pieces += unitsOfPiece(event.writtenBytes);
      this.kept.push(event.bytes);
      this.keptBytes += event.bytes.length;
    }
    if (this.usage) this.forget();
    else if (this.keptBytes > mostKeptBytes) this.read();
  }

  /** Texts that were written, one per choice; bytes of what was too long to keep. */
  written(): { readonly texts: readonly string[]; readonly unkeptBytes: number } {
    this.read();
    return { texts: this.text.all, unkeptBytes: this.text.unkeptBytes };
  }

  private read(): void {
    for (const bytes of this.kept) this.text.add(new ReadEvent(bytes).json);
    this.forget();
  }

  private forget(): void {
    [this.kept, this.keptBytes] = [[], 0];
  }
}
