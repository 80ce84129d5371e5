import type { Delivery } from '@tokengrid/contracts';
import type { StreamForm } from '../formats/asked.ts';
import { ReadEvent } from '../formats/read-event.ts';
import type { Usage } from '../formats/usage.ts';
import { EventSplitter } from '../upstream/event-splitter.ts';
import {
  Attempt,
  type AttemptContext,
  type Attempted,
  CallerGone,
  endOf,
  errorTypeOf,
  problemOfBreak,
  UpstreamFailed,
} from './attempt.ts';
import { measured } from './measure.ts';
import { SpendingEnded } from './purse.ts';
import { StreamReading } from './stream-reading.ts';

/** Headers of a stream: proxies must not hold it back. */
export const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
};

/**
 * An attempt whose answer is passed on as it comes, an event at a time. Its tokens are set aside
 * before each part of it leaves.
 */
export class StreamAttempt extends Attempt {
  private readonly reading: StreamReading;
  private readonly form: StreamForm;
  private readonly begunAt = performance.now();
  /** Milliseconds from the request to the first unit; undefined before it was passed on. */
  private firstUnitMs: number | undefined;
  private last: ReadEvent | undefined;

  constructor(context: AttemptContext) {
    super(context);
    this.reading = new StreamReading(context.asked.begins);
    this.form = context.asked.stream(context.route.offer, context.exchange.requestId);
  }

  protected override async answer(): Promise<Attempted> {
    try {
      await this.head('text/event-stream');
      await this.passAll();
    } catch (error) {
      if (this.firstUnitMs === undefined) throw error;
      await this.breakOff(error as Error);
      return 'answered';
    }
    this.call.leave();
    this.context.exchange.end(await this.settle('completed', (usage) => this.form.last(usage)));
    return 'answered';
  }

  /** Passes the stream on, up to its end. @throws Error if it breaks */
  private async passAll(): Promise<void> {
    const splitter = new EventSplitter(this.context.limits.mostEventBytes);
    for (let chunk = await this.call.next(); chunk; chunk = await this.call.next()) {
      const events = splitter.push(chunk).map((bytes) => new ReadEvent(bytes));
      const last = events.findIndex(({ kind }) => kind === 'end' || kind === 'error');
      await this.pass(last === -1 ? events : events.slice(0, last));
      if (last === -1) continue;
      if (events[last]!.kind === 'error') throw new UpstreamFailed('an error in the stream');
      if (this.firstUnitMs === undefined) throw new UpstreamFailed('an empty stream');
      return;
    }
    // Some model servers do not say that a stream is at its end.
    if (!this.reading.hasFinalUsage && !isFinish(this.last)) throw new UpstreamFailed('a stream without an end');
  }

  private async pass(events: readonly ReadEvent[]): Promise<void> {
    const { exchange } = this.context;
    const data = events.filter(({ kind }) => kind === 'data');
    if (data.length === 0) return;
    const parts = data.flatMap((event) => this.form.pass(event) ?? []);
    const flows = this.flow(this.unitsOf(this.reading.usageWith(data)));
    if (!(flows === true || (await flows))) throw new SpendingEnded('tokens-ran-out');
    this.reading.take(data);
    this.context.span.read(data);
    this.last = data.at(-1);
    if (this.firstUnitMs === undefined) this.begin();
    if (parts.length > 0 && !exchange.write(joined(parts))) await exchange.drained();
    if (exchange.gone.aborted) throw new CallerGone('the caller has gone');
  }

  private begin(): void {
    const { delivered, exchange, route, span } = this.context;
    this.firstUnitMs = exchange.elapsedMs();
    this.call.hasFirst();
    span.hasFirst();
    delivered(Math.floor(performance.now() - this.begunAt));
    if (!exchange.hasBegun) exchange.begin({ ...streamHeaders, 'x-tokengrid-route': route.offer.offerId });
  }

  /** Ends an answer of which a part has left: what was produced is charged. */
  private async breakOff(error: Error): Promise<void> {
    const { asked, exchange, log, span } = this.context;
    span.failed(errorTypeOf(error));
    const last = asked.failure(problemOfBreak(error));
    this.call.abort(error);
    try {
      await this.settle(endOf(error), () => last);
    } catch (failure) {
      // The caller hears why its answer broke off, not that its use is another process' by now.
      log.warn({ err: failure, requestId: exchange.requestId }, `the use of ${exchange.requestId} was not stored here`);
    }
    if (!exchange.gone.aborted) exchange.end(last);
  }

  /**
   * Settles the use: nothing produced, nothing charged.
   * @returns the last bytes of the answer
   */
  private async settle(end: Delivery['end'], lastBytes: (usage: Usage | undefined) => string): Promise<string> {
    const { asked, counter, exchange, route } = this.context;
    const totalMs = exchange.elapsedMs();
    const context = { asked, counter, offer: route.offer };
    const { usage, countedBy } = await measured(this.reading, end === 'completed', context);
    const bytes = lastBytes(usage);
    if (usage) this.context.span.used(usage);
    if (exchange.keep) await exchange.keep({ bytes, isCharged: usage !== undefined });
    if (usage) await this.finish(this.unitsOf(usage), { end, countedBy, firstUnitMs: this.firstUnitMs!, totalMs });
    else this.drop();
    return bytes;
  }
}

/** True for a chunk that says why the model stopped. */
function isFinish(event: ReadEvent | undefined): boolean {
  const choices = event?.json?.['choices'];
  return (
    Array.isArray(choices) && choices.some((choice: Readonly<Record<string, unknown>>) => choice?.['finish_reason'])
  );
}

function joined(parts: readonly (Uint8Array | string)[]): Uint8Array | string {
  if (parts.length === 1) return parts[0]!;
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
}
