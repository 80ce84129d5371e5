import { setTimeout as passing } from 'node:timers/promises';
import { laneOf } from '@tokengrid/kernel';
import { problem, ProblemError, Unopenable } from '@tokengrid/service';
import { IdempotencyKeyReused } from '@tokengrid/event-store';
import type { Logger } from 'pino';
import { edgeStreamOf } from '../decisions/state/edge.ts';
import type { Exchange } from '../serving/exchange.ts';
import { unavailable } from '../serving/failures.ts';
import type { ServingProcess } from '../serving/serving-process.ts';
import { fateOf, type KnownRequest } from './fate.ts';
import type { KeptAnswers, Noted } from './kept-answers.ts';
import { RecordedExchange } from './recorded-exchange.ts';
import type { AnswerSeals, SentAnswer } from './sealed-answer.ts';

/** A request that may be repeated. */
export interface RepeatableRequest {
  /** The caller that keys are told apart by: its person, where its key has one. */
  readonly principal: string;
  /** The party that pays. */
  readonly partyId: string;
  readonly method: string;
  /** Path of its route, with its parameters. */
  readonly path: string;
  readonly body: Buffer;
}

/** A request with an Idempotency-Key. */
export interface KeyedRequest extends RepeatableRequest {
  readonly idempotencyKey: string;
  /** Answer of an earlier request that has become a task; undefined if it has not, or failed. */
  readonly task?: ((requestId: string) => Promise<SentAnswer | undefined>) | undefined;
}

/** The caller's side of a request that may be a repeat. */
export interface RepeatableExchange extends Exchange {
  /** Sends the answer of an earlier request again, under that request's id. */
  sendAgain(requestId: string, answer: SentAnswer): void;
}

/** Parts of replays. */
export interface ReplayParts {
  readonly kept: KeptAnswers;
  readonly seals: AnswerSeals;
  readonly process: ServingProcess;
  readonly log: Logger;
  /** Number of lanes of the gateway's streams. */
  readonly lanes: number;
}

/** Limits of replays. */
export interface ReplayLimits {
  /** Time that a repeat waits for the first request's answer, in milliseconds. */
  readonly waitMs: number;
  /** Maximum size of a kept answer, in bytes. */
  readonly mostBytes: number;
}

/** Time for which a request is known under its key, in milliseconds. */
const keptForMs = 24 * 3_600_000;
/** Pauses between two looks at a request in flight, in milliseconds. */
const [firstPauseMs, longestPauseMs] = [10, 200];
/** Seconds after which a repeat may find the first one's answer. */
const retryAfterSeconds = 1;
/** Maximum number of requests that are still to be forgotten. */
const mostToForget = 100_000;

/**
 * Serves a request under an Idempotency-Key once: repeats get its answer, from whichever process,
 * and are not charged. A request that was not charged is not remembered.
 */
export class Replays {
  /** Requests that Postgres did not take back yet. */
  private readonly toForget = new Map<string, Noted>();

  constructor(
    private readonly parts: ReplayParts,
    private readonly limits: ReplayLimits,
  ) {}

  /**
   * Serves a request, or sends the answer of the first one under its key.
   * @throws ProblemError 409 while the first one is in flight, or where its answer is not kept
   * @throws IdempotencyKeyReused for another body under the same key
   */
  async once(
    request: KeyedRequest,
    exchange: RepeatableExchange,
    serve: (recorded: Exchange) => Promise<void>,
  ): Promise<void> {
    const noted = this.notedOf(request, exchange);
    const answered = await this.begin(noted, exchange.gone, request.task);
    if (answered === 'gone') return;
    if (answered !== 'begun') return exchange.sendAgain(answered.requestId, answered.answer);
    const recorded = new RecordedExchange(exchange, this.limits.mostBytes, (answer, isCharged) =>
      this.keep(noted, answer, isCharged),
    );
    try {
      await serve(recorded);
    } finally {
      if (!recorded.isKept) await this.forget(noted);
    }
  }

  /** Forgets what could not be forgotten at once. */
  async forgetAll(): Promise<void> {
    for (const [requestId, noted] of this.toForget) {
      await this.parts.kept.forget(noted);
      this.toForget.delete(requestId);
    }
  }

  private notedOf(request: KeyedRequest, { requestId }: Exchange): Noted {
    const { principal, partyId, method, path, idempotencyKey, body } = request;
    const { lanes, process, seals } = this.parts;
    return {
      answerId: seals.idOf(principal, partyId, method, path, idempotencyKey),
      ...{ inputHash: seals.hashOf(body), holder: principal, requestId, gatewayId: process.gatewayId },
      ...{ lane: laneOf(edgeStreamOf(partyId), lanes), keptForMs },
    };
  }

  /** Begins the request, or waits for the answer of the one that was first. */
  private async begin(noted: Noted, gone: AbortSignal, task: KeyedRequest['task']): Promise<Begun> {
    if (noted.gatewayId === '') throw new ProblemError(unavailable('this process is about to start; try again'));
    return this.settled(noted, gone, {
      look: () => this.noteOrFind(noted),
      succeed: async ({ requestId }) => ((await this.parts.kept.replace(requestId, noted)) ? 'begun' : 'in-flight'),
      task,
    });
  }

  /**
   * Waits for the answer of a request that may be known.
   * @returns `begun` if there is none to wait for
   * @throws ProblemError 409 while it is in flight, or where its answer is not kept
   */
  async settled(noted: Noted, gone: AbortSignal, looks: Looks): Promise<Begun> {
    const until = performance.now() + this.limits.waitMs;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      const known = await looks.look();
      if (!known) return 'begun';
      if (known.inputHash !== noted.inputHash) throw new IdempotencyKeyReused(noted.answerId);
      const repeated = await this.repeat(noted, known, looks);
      if (repeated !== 'in-flight') return repeated;
      if (gone.aborted) return 'gone';
      if (performance.now() >= until) throw new ProblemError(inFlight);
      await passing(pauseMs, undefined, { signal: gone }).catch(() => undefined);
    }
  }

  /** @returns what is known of the first request; undefined if that is this one */
  private async noteOrFind(noted: Noted): Promise<KnownRequest | undefined> {
    const { kept } = this.parts;
    // The first one may be forgotten between the two.
    for (let tries = 0; tries < 2; tries++) {
      if (await kept.note(noted)) return undefined;
      const known = await kept.find(noted);
      if (known) return known;
    }
    throw new ProblemError(tooManyKeys);
  }

  private async repeat({ answerId }: Noted, known: KnownRequest, { succeed, task }: Looks) {
    const { requestId } = known;
    switch (fateOf(known)) {
      case 'answered': {
        const answer = await this.answerOf(answerId, known);
        if (answer) return { requestId, answer };
        if (known.costsNothing) return succeed(known);
        throw new ProblemError(await this.notKept(known));
      }
      case 'not-kept': {
        const answer = await task?.(requestId);
        if (answer) return { requestId, answer };
        throw new ProblemError(await this.notKept(known));
      }
      case 'abandoned':
        return succeed(known);
      case 'in-flight': {
        const answer = await task?.(requestId);
        return answer ? { requestId, answer } : ('in-flight' as const);
      }
    }
  }

  /** The kept answer; undefined if it does not open: another master key, or changed bytes. */
  private async answerOf(answerId: string, { requestId }: KnownRequest): Promise<SentAnswer | undefined> {
    const sealed = await this.parts.kept.sealedOf(answerId, requestId);
    if (!sealed) return undefined;
    try {
      return this.parts.seals.open(sealed, answerId, requestId);
    } catch (error) {
      if (!(error instanceof Unopenable)) throw error;
      this.parts.log.error({ requestId }, `the kept answer of ${requestId} does not open`);
      return undefined;
    }
  }

  private async notKept({ requestId }: KnownRequest) {
    const tokens = await this.parts.kept.chargeOf(requestId);
    const charged = tokens === undefined ? 'it is charged' : `it was charged ${tokens} µAIT`;
    const detail = `answered earlier as ${requestId}: ${charged}, and its answer is not kept`;
    return problem(409, 'GATEWAY.ANSWER_NOT_KEPT', detail);
  }

  /** @throws ProblemError if another process serves the request by now, or that can't be told */
  private async keep(noted: Noted, answer: SentAnswer | undefined, isCharged: boolean): Promise<void> {
    const { kept, log, seals } = this.parts;
    const sealed = answer && seals.seal(answer, noted.answerId, noted.requestId);
    let hasItsPlace: boolean;
    try {
      hasItsPlace = await kept.end(noted, { sealed, costsNothing: !isCharged });
    } catch (error) {
      log.warn({ err: error, requestId: noted.requestId }, `the answer of ${noted.requestId} could not be kept`);
      throw new ProblemError(unavailable('the answer could not be kept for repeats; try again'));
    }
    if (!hasItsPlace) throw new ProblemError(inFlight);
  }

  private async forget(noted: Noted): Promise<void> {
    try {
      await this.parts.kept.forget(noted);
    } catch (error) {
      this.parts.log.warn({ err: error }, `${noted.requestId} could not be forgotten; the next sweep retries`);
      if (this.toForget.size < mostToForget) this.toForget.set(noted.requestId, noted);
    }
  }
}

/** How a request is looked for, and what takes the place of one that was never charged. */
interface Looks {
  readonly look: () => Promise<KnownRequest | undefined>;
  readonly succeed: (known: KnownRequest) => Promise<'begun' | 'in-flight'>;
  readonly task?: KeyedRequest['task'];
}

/** What becomes of a request; an answer is that of the first one. */
type Begun = 'begun' | 'gone' | { readonly requestId: string; readonly answer: SentAnswer };

const inFlight = problem(
  409,
  'IDEMPOTENCY_KEY_IN_FLIGHT',
  'the first request with this key is still in flight',
  {},
  { 'retry-after': String(retryAfterSeconds) },
);

const tooManyKeys = problem(
  429,
  'TOO_MANY_REQUESTS',
  'too many Idempotency-Keys within 24 hours; try again later, or send none',
  {},
  { 'retry-after': '60' },
);
