import { createHash } from 'node:crypto';
import { problem, ProblemError, type Tracing } from '@tokengrid/service';
import type { Logger } from 'pino';
import type { TokenCounter } from '../counting/token-counter.ts';
import type { Asked } from '../formats/asked.ts';
import { unitsOf, withImages } from '../formats/usage.ts';
import { UpstreamBusy, type Upstreams } from '../upstream/upstreams.ts';
import { type AttemptContext, type Attempted, UpstreamFailed } from './attempt.ts';
import type { Exchange } from './exchange.ts';
import { GenAiSpan } from './gen-ai-span.ts';
import { told, unavailable } from './failures.ts';
import type { ServingLimits } from './limits.ts';
import type { Purse, Spending, Units } from './purse.ts';
import type { AttemptOutcome, ModelOffer, Route, Routes } from './routes.ts';
import { StreamAttempt, streamHeaders } from './stream-attempt.ts';
import { WholeAttempt } from './whole-attempt.ts';

/** Maximum number of attempts to serve a request. */
const mostAttempts = 3;
/** Comment of a stream that has no answer yet. */
const waitingComment = 'waiting for the model';

/** Payer of a request, and its key. */
export interface Payer {
  readonly partyId: string;
  readonly keyId: string;
  /** Told the units of the use as it ends. */
  readonly used?: (units: Units) => void;
}

/** Parts of serving. */
export interface ServingParts {
  readonly routes: Routes;
  readonly purse: Purse;
  readonly upstreams: Upstreams;
  readonly counter: TokenCounter;
  readonly tracing: Tracing;
  readonly log: Logger;
}

/**
 * Serves requests to models: chooses offers, sets tokens aside, passes the answer on, and settles
 * its use. Another offer is tried only as long as nothing of an answer has left.
 */
export class Serving {
  /** Running requests by offer, for those that state a capacity. */
  private readonly running = new Map<string, number>();

  constructor(
    private readonly parts: ServingParts,
    private readonly limits: ServingLimits,
  ) {}

  /**
   * Resolves once the request is answered and settled, or its caller has gone.
   * @throws ProblemError before anything was sent
   */
  async serve(asked: Asked, payer: Payer, exchange: Exchange): Promise<void> {
    const comments = asked.isStreamed ? this.comment(exchange) : undefined;
    try {
      await this.attempt(asked, payer, exchange);
    } catch (error) {
      if (exchange.gone.aborted) return;
      const known = told(error);
      if (!exchange.hasBegun) throw known;
      if (!(known instanceof ProblemError)) this.tellUnexpected(error as Error, exchange);
      // JSON has no place for an error in the middle.
      if (!asked.isStreamed) return exchange.cut();
      const failure = known instanceof ProblemError ? known.problem : problem(500, 'INTERNAL', 'unexpected error');
      exchange.end(asked.failure(failure));
    } finally {
      clearInterval(comments);
    }
  }

  private tellUnexpected(error: Error, { requestId }: Exchange): void {
    this.parts.log.error({ err: error, requestId }, `${requestId}: an answer broke off: ${error.message}`);
  }

  /** Load balancers cut connections on which nothing comes. */
  private comment(exchange: Exchange): NodeJS.Timeout {
    const timer = setInterval(() => {
      if (exchange.hasWritten) return clearInterval(timer);
      if (!exchange.hasBegun) exchange.begin(streamHeaders);
      exchange.comment(waitingComment);
    }, this.limits.commentMs);
    return timer;
  }

  private async attempt(asked: Asked, payer: Payer, exchange: Exchange): Promise<void> {
    const { partyId, keyId } = payer;
    const wish = { model: asked.model, partyId, keyId, ...asked.preferences, affinity: affinityOf(asked, payer) };
    const queue = [...(await this.parts.routes.choose(wish))];
    const again = new Set<Route>();
    let last: Error | undefined;
    for (let attempts = 0; attempts < mostAttempts && queue.length > 0; attempts++) {
      const route = queue.shift()!;
      const attempted = await this.tryOffer(asked, { payer, exchange, route });
      if (attempted === 'answered') return;
      last = attempted.failed;
      this.tellFailed(route, last, exchange);
      // An idle connection may be closed just as a request goes out on it.
      if (isReset(last) && !again.has(route)) queue.unshift(route);
      again.add(route);
    }
    throw new ProblemError(problemOf(last));
  }

  private async tryOffer(
    asked: Asked,
    { payer, exchange, route }: { readonly payer: Payer; readonly exchange: Exchange; readonly route: Route },
  ): Promise<Attempted> {
    const { offer } = route;
    const running = this.running.get(offer.offerId) ?? 0;
    if (offer.capacity !== undefined && running >= offer.capacity)
      return { failed: new UpstreamBusy(`${offer.offerId} serves as many requests as it can`) };
    this.running.set(offer.offerId, running + 1);
    try {
      const spending = await this.open(asked, payer, exchange, offer);
      exchange.opened?.();
      const of = { offer, within: exchange.trace, requestId: exchange.requestId };
      const context: AttemptContext = {
        ...{ asked, route, exchange, spending, limits: this.limits },
        span: GenAiSpan.begin(this.parts.tracing, asked, of),
        ...{ upstreams: this.parts.upstreams, counter: this.parts.counter, log: this.parts.log },
        used: payer.used ?? (() => undefined),
        delivered: (firstUnitMs) => this.parts.routes.tell(offer.offerId, { kind: 'delivered', firstUnitMs }),
      };
      return await (asked.isStreamed ? new StreamAttempt(context) : new WholeAttempt(context)).run();
    } finally {
      const left = this.running.get(offer.offerId)! - 1;
      if (left === 0) this.running.delete(offer.offerId);
      else this.running.set(offer.offerId, left);
    }
  }

  private open({ begins }: Asked, { partyId, keyId }: Payer, exchange: Exchange, offer: ModelOffer): Promise<Spending> {
    const usage = { input: begins.input, cached: 0, output: begins.output, reasoning: 0 };
    return this.parts.purse.open(
      {
        ...{ requestId: exchange.requestId, partyId, keyId },
        use: { model: offer.model, offer: offer.offerId },
        estimate: withImages(unitsOf(usage, offer), begins.images),
      },
      exchange.gone,
    );
  }

  /** Tells the circuit breaker and the log; a message of a provider may quote the prompt. */
  private tellFailed({ offer }: Route, error: Error, { requestId }: Exchange): void {
    const { code } = error as { readonly code?: unknown };
    const why = error instanceof UpstreamFailed ? error.message : String(code ?? error.name);
    this.parts.log.warn({ offer: offer.offerId, requestId }, `${offer.offerId} did not serve ${requestId}: ${why}`);
    if (!(error instanceof UpstreamBusy)) this.parts.routes.tell(offer.offerId, outcomeOf(error));
  }
}

function outcomeOf(error: Error): AttemptOutcome {
  if (!(error instanceof UpstreamFailed) || error.judgement.kind === 'refused') return { kind: 'failed' };
  return error.judgement;
}

/** Problem of a request for which all attempts have failed. */
function problemOf(error: Error | undefined) {
  const outcome = error && outcomeOf(error);
  if (error instanceof UpstreamBusy) return unavailable('the providers of this model are busy');
  if (outcome?.kind === 'busy') return unavailable('the providers of this model are busy', outcome.retryAfterMs);
  return unavailable('no provider of this model has answered');
}

/** True for a connection that was closed before an answer came. */
const isReset = (error: Error): boolean => (error as { readonly code?: unknown }).code === 'UND_ERR_SOCKET';

/** A digest, so that no prompt is kept by whoever compares. */
function affinityOf({ affinity }: Asked, { partyId }: Payer): string {
  return createHash('sha256').update(partyId).update('\n').update(affinity).digest('base64url').slice(0, 22);
}
