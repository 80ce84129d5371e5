import { LogUnavailable } from '@tokengrid/event-store';
import type { Broker } from './broker.ts';
import { errorOfCode, noError } from './kafka-errors.ts';
import { produce } from './produce-request.ts';
import type { BatchToProduce, Produced } from './produce-request.ts';

interface WaitingBatch extends BatchToProduce {
  readonly timer: NodeJS.Timeout;
  readonly resolve: (baseOffset: number) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Below a broker's limit for one request (100 MiB), and small enough not to delay single appends.
 */
const maxRequestBytes = 16 << 20;

/**
 * Appends to the partitions of one leader. Kafka answers a connection's requests in order, so one
 * Produce request runs at a time; batches that arrive meanwhile, or in one turn of the event loop,
 * go together into the next.
 */
export class AppendQueue {
  private waiting: WaitingBatch[] = [];
  private isBusy = false;

  constructor(
    private readonly broker: Broker,
    private readonly ackTimeoutMs: number,
  ) {}

  /**
   * Resolves once all in-sync replicas have the batch, with the offset of its first record. A batch
   * that was not sent in time is never sent, because it could come after the caller's next append.
   * @throws LogUnavailable, KafkaRefusal
   */
  append(to: BatchToProduce, timeoutMs: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const waiting: WaitingBatch = {
        ...to,
        resolve,
        reject,
        timer: setTimeout(() => this.giveUp(waiting), timeoutMs),
      };
      this.waiting.push(waiting);
      if (!this.isBusy) {
        this.isBusy = true;
        setImmediate(() => void this.work());
      }
    });
  }

  private giveUp(batch: WaitingBatch): void {
    this.waiting = this.waiting.filter((waiting) => waiting !== batch);
    batch.reject(new LogUnavailable(`${batch.topic}/${batch.partition}: not acknowledged in time`));
  }

  private async work(): Promise<void> {
    while (this.waiting.length > 0) await this.send();
    this.isBusy = false;
  }

  private async send(): Promise<void> {
    try {
      const connection = await this.broker.connection();
      const batches = this.next();
      if (batches.length === 0) return;
      try {
        settle(batches, await produce(connection, batches, this.ackTimeoutMs));
      } catch (error) {
        fail(batches, error);
      }
    } catch (error) {
      fail(this.waiting.splice(0), error);
    }
  }

  /**
   * Takes the batches that fit into one request, each partition at most once, in order of arrival.
   */
  private next(): WaitingBatch[] {
    const taken: WaitingBatch[] = [];
    const left: WaitingBatch[] = [];
    const partitions = new Set<string>();
    let bytes = 0;
    for (const batch of this.waiting) {
      const partition = `${batch.topic}/${batch.partition}`;
      const fits = taken.length === 0 || bytes + batch.batch.length <= maxRequestBytes;
      if (fits && !partitions.has(partition)) {
        taken.push(batch);
        bytes += batch.batch.length;
      } else left.push(batch);
      partitions.add(partition);
    }
    this.waiting = left;
    return taken;
  }
}

function settle(batches: readonly WaitingBatch[], answers: readonly Produced[]): void {
  batches.forEach((batch, index) => {
    clearTimeout(batch.timer);
    const { code, baseOffset } = answers[index]!;
    if (code === noError) batch.resolve(baseOffset);
    else batch.reject(errorOfCode(code, `append to ${batch.topic}/${batch.partition}`));
  });
}

function fail(batches: readonly WaitingBatch[], error: unknown): void {
  for (const batch of batches) {
    clearTimeout(batch.timer);
    batch.reject(error as Error);
  }
}
