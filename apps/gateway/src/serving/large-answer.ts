import type { Delivery } from '@tokengrid/contracts';
import { unitsCharged } from '../counting/estimates.ts';
import { AnswerScanner } from '../formats/answer-scanner.ts';
import type { Usage } from '../formats/usage.ts';
import { type AttemptContext, CallerGone } from './attempt.ts';

/** An answer in one JSON text that is passed on as it comes: one part of it is held. */
export class LargeAnswer {
  /** The part that has not left: it does once the use is stored. */
  last: Buffer = Buffer.alloc(0);
  private readonly scanner = new AnswerScanner();
  private bytes = 0;

  constructor(private readonly context: AttemptContext) {}

  /** Counts a part that came. */
  add(part: Buffer): void {
    this.scanner.push(part);
    this.bytes += part.length;
  }

  /** Passes the part before this one on. @throws CallerGone */
  async pass(part: Buffer, headers: Readonly<Record<string, string>>): Promise<void> {
    const { exchange } = this.context;
    if (!exchange.hasBegun) exchange.begin(headers);
    if (this.last.length > 0 && !exchange.write(this.last)) await exchange.drained();
    if (exchange.gone.aborted) throw new CallerGone('the caller has gone');
    this.last = part;
  }

  /** What was produced: as the provider states it at the end, else by the length of the text. */
  measured(isComplete: boolean): {
    readonly usage: Usage;
    readonly images: number;
    readonly countedBy: Delivery['countedBy'];
  } {
    const { begins, makes } = this.context.asked;
    const images = makes === 'images' ? this.scanner.items : 0;
    const stated = isComplete ? this.scanner.usage : undefined;
    if (stated) return { usage: stated, images, countedBy: 'upstream' };
    const output = makes === 'text' ? unitsCharged(this.bytes) : 0;
    const input = makes === 'images' ? 0 : begins.input;
    return { usage: { input, cached: 0, output, reasoning: 0 }, images, countedBy: 'estimate' };
  }
}
