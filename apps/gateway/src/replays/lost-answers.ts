import { laneOf } from '@tokengrid/kernel';
import { edgeStreamOf } from '../decisions/state/edge.ts';
import type { AnswerEnd, Exchange } from '../serving/exchange.ts';
import { fateOf } from './fate.ts';
import type { Noted } from './kept-answers.ts';
import type { RepeatableExchange, RepeatableRequest, ReplayParts, Replays } from './replays.ts';
import type { SentAnswer } from './sealed-answer.ts';

/** A request of an SDK that sends no key, and counts its retries. */
export interface CountedRequest extends RepeatableRequest {
  /** Number of the attempts before it. */
  readonly retry: number;
}

/** The caller's side of a request whose answer may be lost. */
export interface LosableExchange extends RepeatableExchange {
  keep?: Exchange['keep'];
  unpaid?: Exchange['unpaid'];
}

/** Time for which a lost answer waits for a retry, in milliseconds: an SDK's own time limit. */
const keptForMs = 600_000;

/**
 * Keeps whole answers that were charged and whose caller had gone before their head was sent. An
 * SDK's retry gets such an answer, and is not charged. Nothing is kept of what costs nothing, and
 * nothing is hashed for a request that is answered.
 */
export class LostAnswers {
  constructor(
    private readonly replays: Replays,
    private readonly parts: ReplayParts,
  ) {}

  /** @throws ProblemError 409 for a retry while the use of the lost answer is being stored */
  async serve(request: CountedRequest, exchange: LosableExchange, serve: () => Promise<void>): Promise<void> {
    if (request.retry > 0) {
      const noted = this.notedOf(request, exchange.requestId);
      const found = await this.replays.settled(noted, exchange.gone, {
        look: () => this.parts.kept.find(noted),
        succeed: () => Promise.resolve('begun'),
      });
      if (found === 'gone') return;
      if (found !== 'begun') return exchange.sendAgain(found.requestId, found.answer);
    }
    this.watch(request, exchange);
    await serve();
  }

  /** Keeps the answer once its caller goes before its head is sent. */
  private watch(request: CountedRequest, exchange: LosableExchange): void {
    let isUnpaid = false;
    let kept: Noted | undefined;
    const lost = async (answer: SentAnswer) => {
      if (isUnpaid) return;
      kept = this.notedOf(request, exchange.requestId);
      await this.keep(kept, answer);
    };
    exchange.keep = async ({ bytes, headers, isCharged }: AnswerEnd) => {
      if (!isCharged || headers === undefined || bytes === undefined) return;
      const answer = { headers, body: typeof bytes === 'string' ? Buffer.from(bytes) : bytes };
      if (exchange.gone.aborted) await lost(answer);
      else exchange.gone.addEventListener('abort', () => void lost(answer), { once: true });
    };
    exchange.unpaid = () => {
      isUnpaid = true;
      if (kept) void this.forget(kept);
    };
  }

  private notedOf({ principal, partyId, method, path, body }: CountedRequest, requestId: string): Noted {
    const { lanes, process, seals } = this.parts;
    const inputHash = seals.hashOf(body);
    return {
      answerId: seals.idOf('lost', principal, partyId, method, path, inputHash),
      ...{ inputHash, holder: principal, requestId, gatewayId: process.gatewayId },
      ...{ lane: laneOf(edgeStreamOf(partyId), lanes), keptForMs },
    };
  }

  /** Of two lost answers to the same request the first one is kept: retries of both get it. */
  private async keep(noted: Noted, answer: SentAnswer): Promise<void> {
    const { kept, log, seals } = this.parts;
    try {
      if (!(await kept.note(noted))) {
        const known = await kept.find(noted);
        if (!known || fateOf(known) !== 'abandoned' || !(await kept.replace(known.requestId, noted))) return;
      }
      const sealed = seals.seal(answer, noted.answerId, noted.requestId);
      await kept.end(noted, { sealed, costsNothing: false });
    } catch (error) {
      log.warn({ err: error, requestId: noted.requestId }, `the lost answer of ${noted.requestId} could not be kept`);
    }
  }

  private async forget(noted: Noted): Promise<void> {
    try {
      await this.parts.kept.forget(noted);
    } catch (error) {
      this.parts.log.warn({ err: error }, `the lost answer of ${noted.requestId} could not be forgotten`);
    }
  }
}
