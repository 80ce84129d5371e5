import type { Delivery } from '@tokengrid/contracts';
import { ProblemError } from '@tokengrid/service';
import { type Usage, usageIn } from '../formats/usage.ts';
import { WrittenText } from '../formats/written-text.ts';
import { Attempt, type Attempted, endOf, errorTypeOf, UpstreamFailed } from './attempt.ts';
import { problemOfEnd } from './failures.ts';
import { LargeAnswer } from './large-answer.ts';
import { type Measured, measuredTexts } from './measure.ts';
import { SpendingEnded } from './purse.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * An attempt whose answer is sent as a whole, once it is there and its use is stored. A longer one
 * than is held is passed on as it comes, all but its end.
 */
export class WholeAttempt extends Attempt {
  private readonly begunAt = performance.now();

  protected override async answer(): Promise<Attempted> {
    const { asked, exchange, limits } = this.context;
    await this.head('application/json');
    const parts: Buffer[] = [];
    let [size, mostBytes] = [0, limits.mostAnswerBytes];
    for (let part = await this.call.next(); part; part = await this.call.next()) {
      if (size === 0) this.call.hasFirst();
      parts.push(part);
      size += part.length;
      if (size <= mostBytes) continue;
      if (asked.whole) throw new UpstreamFailed('the answer is too long to be converted');
      const held = await exchange.holdsUpTo?.();
      if (held === undefined) return this.passOn(parts);
      if (size > held) throw new UpstreamFailed('the answer is too long to be kept');
      mostBytes = held;
    }
    return this.send(Buffer.concat(parts));
  }

  private async send(body: Buffer): Promise<Attempted> {
    const { asked, exchange, span } = this.context;
    const json = objectOf(body);
    span.answered(json);
    // Before it is charged: an answer that can't be converted is none.
    const bytes = asked.whole ? asked.whole({ json, requestId: exchange.requestId }) : body;
    const totalMs = this.told();
    const { usage, countedBy } = await this.measured(json);
    const headers: Record<string, string> = { ...this.headers, 'x-tokengrid-charge': '0' };
    if (usage) {
      span.used(usage);
      const units = this.unitsOf(usage, asked.makes === 'images' ? itemsIn(json) : 0);
      // First: units that have flowed are charged even if this process dies.
      if (exchange.keep) await exchange.keep({ headers: this.headers, bytes, isCharged: true });
      if (!(await this.flow(units))) {
        exchange.unpaid?.();
        throw new ProblemError(problemOfEnd(new SpendingEnded('tokens-ran-out')));
      }
      const end = exchange.gone.aborted ? 'client-left' : 'completed';
      const settled = await this.finish(units, { end, countedBy, firstUnitMs: totalMs, totalMs });
      headers['x-tokengrid-charge'] = String(settled.tokens);
      headers['x-tokengrid-remaining'] = String(settled.remaining);
    } else {
      if (exchange.keep) await exchange.keep({ headers: this.headers, bytes, isCharged: false });
      this.drop();
    }
    exchange.send(headers, bytes);
    return 'answered';
  }

  private get headers(): Readonly<Record<string, string>> {
    return { 'content-type': 'application/json', 'x-tokengrid-route': this.context.route.offer.offerId };
  }

  /** Tells that the offer delivers. @returns milliseconds since the request came */
  private told(): number {
    this.context.delivered(Math.floor(performance.now() - this.begunAt));
    return this.context.exchange.elapsedMs();
  }

  /**
   * Passes on an answer of which a part is held. JSON has no place for an error in the middle:
   * where it breaks, the caller's connection does.
   */
  private async passOn(held: readonly Buffer[]): Promise<Attempted> {
    const { exchange } = this.context;
    const firstUnitMs = this.told();
    const answer = new LargeAnswer(this.context);
    const settle = async (end: Delivery['end']) => {
      const { usage, images, countedBy } = answer.measured(end === 'completed');
      this.context.span.used(usage);
      const last = end === 'completed' && { bytes: answer.last };
      if (exchange.keep) await exchange.keep({ ...last, isCharged: true });
      const delivery = { end, countedBy, firstUnitMs, totalMs: exchange.elapsedMs() };
      return this.finish(this.unitsOf(usage, images), delivery);
    };
    const pass = async (part: Buffer) => {
      answer.add(part);
      const { usage, images } = answer.measured(false);
      if (!(await this.flow(this.unitsOf(usage, images)))) throw new SpendingEnded('tokens-ran-out');
      await answer.pass(part, this.headers);
    };
    try {
      for (const part of held) await pass(part);
      for (let part = await this.call.next(); part; part = await this.call.next()) await pass(part);
    } catch (error) {
      if (!exchange.hasBegun) throw error;
      this.call.abort(error as Error);
      this.context.span.failed(errorTypeOf(error as Error));
      await settle(endOf(error as Error));
      exchange.cut();
      return 'answered';
    }
    await settle('completed');
    exchange.end(answer.last);
    return 'answered';
  }

  /** Usage as stated, else counted; none if nothing was produced. */
  private async measured(json: Json): Promise<Measured> {
    const { asked, counter, route } = this.context;
    const stated = usageIn(json['usage']);
    if (asked.makes !== 'text') {
      if (itemsIn(json) === 0) return { usage: undefined, countedBy: 'upstream' };
      return stated ? { usage: stated, countedBy: 'upstream' } : this.inputAlone();
    }
    if (stated) return { usage: stated.output === 0 ? undefined : stated, countedBy: 'upstream' };
    const text = new WrittenText();
    text.add(json);
    return measuredTexts(text.all, text.unkeptBytes, { asked, counter, offer: route.offer });
  }

  private async inputAlone(): Promise<Measured> {
    const { asked, counter, route } = this.context;
    if (asked.makes === 'images') return { usage: noUsage, countedBy: 'upstream' };
    const { units, by } = await counter.count(route.offer.tokenizer, asked.inputTexts());
    return { usage: { ...noUsage, input: units }, countedBy: by };
  }
}

const noUsage: Usage = { input: 0, cached: 0, output: 0, reasoning: 0 };

/** Number of vectors or images in an answer. */
function itemsIn({ data }: Json): number {
  return Array.isArray(data) ? data.length : 0;
}

/** @throws UpstreamFailed for a body that is no JSON object, or an error */
function objectOf(body: Buffer): Json {
  let value: unknown;
  try {
    value = JSON.parse(body.toString());
  } catch {
    throw new UpstreamFailed('no JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new UpstreamFailed('no JSON object');
  if ((value as Json)['error']) throw new UpstreamFailed('an error as an answer');
  return value as Json;
}
