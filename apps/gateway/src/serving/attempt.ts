import type { Delivery } from '@tokengrid/contracts';
import type { Problem } from '@tokengrid/service';
import { ProblemError, problem } from '@tokengrid/service';
import type { Logger } from 'pino';
import type { TokenCounter } from '../counting/token-counter.ts';
import type { Asked } from '../formats/asked.ts';
import { unitsOf, type Usage, withImages } from '../formats/usage.ts';
import { type Judgement, judged, messageIn } from '../upstream/judgement.ts';
import { type UpstreamCall, type UpstreamHead, UpstreamStalled } from '../upstream/upstream-call.ts';
import type { Upstreams } from '../upstream/upstreams.ts';
import type { Exchange } from './exchange.ts';
import { problemOfEnd, unavailable } from './failures.ts';
import type { GenAiSpan } from './gen-ai-span.ts';
import type { ServingLimits } from './limits.ts';
import { type Settled, type Spending, SpendingEnded, type Units, Unpayable } from './purse.ts';
import type { Route } from './routes.ts';

/** Maximum size of an upstream's error that is read for its message, in bytes. */
const mostErrorBytes = 65_536;

/** The caller has gone before the end of its answer. */
export class CallerGone extends Error {
  override readonly name = 'CallerGone';
}

/** The process stops before the end of the answer. */
class ProcessStops extends ProblemError {
  constructor() {
    super(unavailable('this process of the gateway stops; try again'));
  }
}

/** An upstream did not answer as its API promises, or not to the end. */
export class UpstreamFailed extends Error {
  override readonly name = 'UpstreamFailed';
  constructor(
    message: string,
    readonly judgement: Judgement = { kind: 'failed' },
    readonly detail?: string,
  ) {
    super(message);
  }
}

/** Inputs of an attempt. */
export interface AttemptContext {
  readonly asked: Asked;
  readonly route: Route;
  readonly exchange: Exchange;
  readonly spending: Spending;
  readonly upstreams: Upstreams;
  readonly counter: TokenCounter;
  readonly limits: ServingLimits;
  readonly log: Logger;
  readonly span: GenAiSpan;
  /** Told the units of the use as it ends. */
  readonly used: (units: Units) => void;
  /** Called with the time to the first unit, in milliseconds, once the upstream delivers. */
  readonly delivered: (firstUnitMs: number) => void;
}

/** What became of an attempt: an answer, or a reason to try another offer. */
export type Attempted = 'answered' | { readonly failed: Error };

/**
 * One request to one offer, with tokens set aside for it. A subclass says what is done with the
 * answer. However it ends, the tokens are settled exactly once.
 */
export abstract class Attempt {
  protected call!: UpstreamCall;
  private isSettled = false;
  /** Units that tokens were set aside for last. */
  private flowed: Units = new Map();

  constructor(protected readonly context: AttemptContext) {}

  /** @throws Error for which no other offer would help */
  async run(): Promise<Attempted> {
    const { exchange, spending } = this.context;
    const callerLeft = () => this.call.abort(new CallerGone('the caller has gone'));
    const spendingEnded = () => this.call.abort(spending.ended.reason as Error);
    const processStops = () => this.call.abort(new ProcessStops());
    try {
      this.call = this.open();
      exchange.gone.addEventListener('abort', callerLeft);
      spending.ended.addEventListener('abort', spendingEnded);
      exchange.stopping?.addEventListener('abort', processStops);
      if (exchange.gone.aborted) callerLeft();
      if (spending.ended.aborted) spendingEnded();
      if (exchange.stopping?.aborted) processStops();
      return await this.answer();
    } catch (error) {
      this.call?.abort(error as Error);
      this.context.span.failed(errorTypeOf(error as Error));
      return this.give(error as Error);
    } finally {
      this.context.span.end();
      exchange.gone.removeEventListener('abort', callerLeft);
      spending.ended.removeEventListener('abort', spendingEnded);
      exchange.stopping?.removeEventListener('abort', processStops);
      if (!this.isSettled) this.drop();
    }
  }

  protected abstract answer(): Promise<Attempted>;

  /** What an error means; once a part of the answer has left, no other offer can serve it. */
  private give(error: Error): Attempted {
    const { asked, exchange } = this.context;
    if (exchange.hasWritten || (exchange.hasBegun && !asked.isStreamed)) throw error;
    if (error instanceof SpendingEnded) throw new ProblemError(problemOfEnd(error));
    if (error instanceof CallerGone || error instanceof ProblemError) throw error;
    if (error instanceof UpstreamFailed && error.judgement.kind === 'refused') throw refusedBy(error);
    return { failed: error };
  }

  private open(): UpstreamCall {
    const { asked, exchange, limits, route, span, upstreams } = this.context;
    return upstreams.call({
      endpoint: route.offer.endpoint,
      path: asked.path,
      headers: {
        ...exchange.forwarded,
        'content-type': 'application/json',
        accept: asked.isStreamed ? 'text/event-stream' : 'application/json',
        'accept-encoding': 'identity',
        'user-agent': 'tokengrid',
        'x-request-id': exchange.requestId,
        ...(route.authorization !== undefined && { authorization: route.authorization }),
        ...span.headers,
      },
      body: asked.bodyFor(route.offer),
      firstByteMs: limits.firstByteMs,
      stallMs: limits.stallMs,
    });
  }

  /** The head of an answer of 2xx in the expected media type. @throws UpstreamFailed */
  protected async head(mediaType: string): Promise<void> {
    const head = await this.call.head;
    if (head.status < 200 || head.status > 299) throw await this.refusal(head);
    const { 'content-type': type = mediaType, 'content-encoding': encoding = 'identity' } = head.headers;
    if (!String(type).toLowerCase().startsWith(mediaType)) throw new UpstreamFailed(`not ${mediaType}`);
    if (encoding !== 'identity') throw new UpstreamFailed('an encoded answer');
  }

  private async refusal(head: UpstreamHead): Promise<UpstreamFailed> {
    this.context.span.refused(head.status);
    const judgement = judged(head);
    const detail = judgement.kind === 'refused' ? messageIn(String(await this.body(mostErrorBytes))) : undefined;
    return new UpstreamFailed(`status ${head.status}`, judgement, detail);
  }

  /** The rest of the answer. @throws UpstreamFailed if it is too long */
  protected async body(mostBytes: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let size = 0;
    for (let part = await this.call.next(); part; part = await this.call.next()) {
      size += part.length;
      if (size > mostBytes) throw new UpstreamFailed('the answer is too long');
      parts.push(part);
    }
    return Buffer.concat(parts);
  }

  protected unitsOf(usage: Usage, images = 0): Units {
    return withImages(unitsOf(usage, this.context.route.offer), images);
  }

  /** Sets tokens aside for the units so far, synchronously where there are enough. */
  protected flow(units: Units): boolean | Promise<boolean> {
    const flows = this.context.spending.flow(units);
    if (flows === true) {
      this.flowed = units;
      return true;
    }
    return this.flowsLater(units, flows);
  }

  private async flowsLater(units: Units, later: boolean | Promise<boolean>): Promise<boolean> {
    const flows = await later;
    if (flows) this.flowed = units;
    return flows;
  }

  /**
   * Stores the use. What was counted may be more than was set aside: then it is charged as far as
   * that goes.
   */
  protected async finish(units: Units, delivery: Delivery): Promise<Settled> {
    const isAside = covers(this.flowed, units) || (await this.flow(units));
    this.isSettled = true;
    const { exchange, spending, used } = this.context;
    const charged = isAside ? units : lower(units, this.flowed);
    // Whether its charge can be stored or not: it was used.
    used(charged);
    try {
      return await spending.finish({ units: charged, delivery });
    } catch (error) {
      if (error instanceof Unpayable && !error.isInDoubt) exchange.unpaid?.();
      throw error;
    }
  }

  /** Nothing was produced. */
  protected drop(): void {
    this.isSettled = true;
    this.context.spending.drop();
  }
}

/** True if units are at most others. */
function covers(others: Units, units: Units): boolean {
  for (const [meter, count] of units) if (count > (others.get(meter) ?? 0n)) return false;
  return true;
}

/** The lower of both, by meter. */
function lower(units: Units, others: Units): Units {
  const both = [...units].map(([meter, count]): [string, bigint] => {
    const other = others.get(meter) ?? 0n;
    return [meter, count < other ? count : other];
  });
  return new Map(both.filter(([, count]) => count > 0n));
}

/** Problem of a request that the provider blames. */
function refusedBy({ judgement, detail = 'the provider refuses the request' }: UpstreamFailed): ProblemError {
  const status = judgement.kind === 'refused' ? judgement.status : 400;
  return new ProblemError(problem(status, status === 413 ? 'PAYLOAD_TOO_LARGE' : 'INVALID_ARGUMENT', detail));
}

/** Problem of a broken answer, for the caller. */
export function problemOfBreak(error: Error): Problem {
  if (error instanceof SpendingEnded) return problemOfEnd(error);
  if (error instanceof CallerGone) return unavailable('the caller left before the end of the answer');
  return error instanceof ProblemError ? error.problem : unavailable('the provider broke off its answer');
}

/** Error of an attempt in one of few words, for traces; a provider's status says more. */
export function errorTypeOf(error: Error): string {
  if (error instanceof SpendingEnded) return error.why;
  if (error instanceof CallerGone) return 'client-left';
  if (error instanceof ProcessStops) return 'unavailable';
  if (error instanceof UpstreamStalled) return 'timeout';
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' ? code : error.name;
}

/** How the answer of a use ended that broke off. */
export function endOf(error: Error): Delivery['end'] {
  if (error instanceof CallerGone) return 'client-left';
  return error instanceof SpendingEnded || error instanceof ProcessStops ? 'cut-off' : 'upstream-failed';
}
