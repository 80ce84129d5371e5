import { Inject, Injectable } from '@nestjs/common';
import { endOfProcess, isDraining, keyScopeOf, routePathOf, serviceConfig } from '@tokengrid/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GatewayConfig } from '../../config.ts';
import type { Asked } from '../../formats/asked.ts';
import { mustUseModel } from '../../keys/key-rights.ts';
import type { LimitHeaders } from '../../limits/limit-headers.ts';
import { RateLimits } from '../../limits/rate-limits.ts';
import { LostAnswers } from '../../replays/lost-answers.ts';
import { Replays } from '../../replays/replays.ts';
import type { SentAnswer } from '../../replays/sealed-answer.ts';
import type { Exchange } from '../../serving/exchange.ts';
import type { Units } from '../../serving/purse.ts';
import { Serving } from '../../serving/serving.ts';
import { FastifyExchange, type StoppingProcess } from './fastify-exchange.ts';

/** Header in which SDKs of OpenAI and Anthropic count their retries, from 0 for a first attempt. */
const retriesHeader = 'x-stainless-retry-count';

/** How a request is answered that may take longer than its caller waits. */
export interface SlowForm {
  /** Serves a request, whose caller may be answered before it is over. */
  serve(exchange: FastifyExchange, to: Exchange, serve: (to: Exchange) => Promise<void>): Promise<void>;
  /** Answer of an earlier request that has become a task; undefined if it has not, or failed. */
  taskOf(requestId: string): Promise<SentAnswer | undefined>;
}

/** What is particular to a route. */
export interface ServedAs {
  /** Form of the headers about limits; OpenAI's by default. */
  readonly limitHeaders?: LimitHeaders;
  /** Absent: callers wait for whole answers. */
  readonly slow?: SlowForm;
}

/** Serves requests to models for controllers. */
@Injectable()
export class ModelRequests {
  private readonly process: StoppingProcess;

  constructor(
    private readonly serving: Serving,
    private readonly replays: Replays,
    private readonly lostAnswers: LostAnswers,
    private readonly limits: RateLimits,
    @Inject(serviceConfig) private readonly config: GatewayConfig,
    @Inject(isDraining) draining: () => boolean,
    @Inject(endOfProcess) end: AbortSignal,
  ) {
    this.process = { isDraining: draining, end };
  }

  /**
   * Answers a request.
   * @throws ProblemError before anything was sent
   */
  async serve(
    asked: Asked,
    request: FastifyRequest,
    reply: FastifyReply,
    { limitHeaders, slow }: ServedAs = {},
  ): Promise<void> {
    const { principal } = request;
    mustUseModel(principal, asked.model);
    const { begins, isStreamed } = asked;
    const units = begins.input + begins.output + begins.images;
    const admission = await this.limits.admit(principal, { units, isStreamed, headers: limitHeaders });
    let count = 0;
    const used = (units: Units) => {
      count = countOf(units);
    };
    const payer = { partyId: principal.partyId, keyId: principal.keyId, used };
    const forwarded = this.forwarded(request);
    const exchange = new FastifyExchange(request, reply, forwarded, this.process, admission.headers);
    try {
      const serve = (to: Exchange) => this.serving.serve(asked, payer, to);
      await this.serveOnce(request, exchange, slow ? (to) => slow.serve(exchange, to, serve) : serve, slow);
    } finally {
      admission.over(count);
    }
  }

  private serveOnce(
    request: FastifyRequest,
    exchange: FastifyExchange,
    serve: (to: Exchange) => Promise<void>,
    slow: SlowForm | undefined,
  ): Promise<void> {
    const { body, headers, method, principal } = request;
    const { partyId } = principal;
    const { 'idempotency-key': idempotencyKey, [retriesHeader]: retries } = headers;
    const isKeyed = typeof idempotencyKey === 'string';
    if (!isKeyed && typeof retries !== 'string') return serve(exchange);
    const path = routePathOf(request);
    const repeatable = { principal: keyScopeOf(principal), partyId, method, path, body: body as Buffer };
    if (isKeyed) {
      const task = slow && ((requestId: string) => slow.taskOf(requestId));
      return this.replays.once({ ...repeatable, idempotencyKey, task }, exchange, serve);
    }
    const counted = { ...repeatable, retry: Number(retries) };
    return this.lostAnswers.serve(counted, exchange, () => serve(exchange));
  }

  /** Headers that go on to providers. */
  private forwarded({ headers }: FastifyRequest): Readonly<Record<string, string>> {
    const forwarded: Record<string, string> = {};
    for (const name of this.config.forwardedHeaders) {
      const value = headers[name];
      if (typeof value === 'string') forwarded[name] = value;
    }
    return forwarded;
  }
}

/** Units are counted × 10^6. */
const scale = 1_000_000n;

/** Number of all units of a use, whatever they are units of; of calls there is another limit. */
function countOf(units: Units): number {
  let sum = 0n;
  for (const [meter, count] of units) if (meter !== 'requests') sum += count;
  return Number(sum / scale);
}
