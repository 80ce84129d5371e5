import { ProblemError } from '@tokengrid/service';
import { CallerGone } from '../serving/attempt.ts';
import type { AnswerEnd, Exchange } from '../serving/exchange.ts';
import { unavailable } from '../serving/failures.ts';
import { PassingExchange } from '../serving/passing-exchange.ts';

/** A task's whole answer. */
export interface WholeAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array | string;
  readonly isCharged: boolean;
}

/** What a request needs to go on as a task. */
export interface TaskTerms {
  /** Time that its caller waits for an answer, in milliseconds. */
  readonly waitMs: number;
  /** Maximum size of a task's answer, in bytes. */
  readonly mostBytes: number;
  /** Notes the task, and answers its caller. @returns false if it can't be one */
  accept(): Promise<boolean>;
  /** Keeps its answer, before its use is stored. @returns false if it was cancelled */
  keep(answer: WholeAnswer): Promise<boolean>;
}

/** Why a task ends without an answer; `left`: its caller never got its id. */
export type TaskEnd =
  { readonly kind: 'failed'; readonly error: unknown } | { readonly kind: 'left' } | { readonly kind: 'cancelled' };

class Cancelled extends Error {
  override readonly name = 'Cancelled';
}

/**
 * The caller's side of a request that is answered as a whole, and goes on as a task once its caller
 * has waited long enough. Until then it is the caller itself.
 */
export class RunningTask extends PassingExchange {
  readonly gone: AbortSignal;
  private readonly ending = new AbortController();
  private readonly begunAt: number;
  private timer: NodeJS.Timeout | undefined;
  private isDue = false;
  private isOpen = false;
  /** True once its answer is there, or passed on. */
  private isSettled = false;
  private isAccepted = false;
  private isKept = false;
  private accepting: Promise<void> | undefined;

  constructor(
    to: Exchange,
    private readonly terms: TaskTerms,
  ) {
    super(to);
    this.gone = this.ending.signal;
    // A caller that has received its 202 is not gone any more: the answer to it was sent.
    const left = () => this.ending.abort(new CallerGone('the caller has gone'));
    if (to.gone.aborted) left();
    else to.gone.addEventListener('abort', left, { once: true });
    this.begunAt = performance.now() - to.elapsedMs();
  }

  /**
   * Serves the request.
   * @returns the end of a task without an answer; undefined for a caller that was answered, and for
   * a task that is answered or about to be
   * @throws Error as the request fails, if it is no task
   */
  async run(serve: (exchange: Exchange) => Promise<void>): Promise<TaskEnd | undefined> {
    const due = () => {
      this.isDue = true;
      this.acceptIfReady();
    };
    if (this.terms.waitMs === 0) due();
    else this.timer = setTimeout(due, this.terms.waitMs);
    try {
      await serve(this);
      await this.accepting;
      return this.isAccepted && !this.isKept ? this.endOf(new Error('no answer came')) : undefined;
    } catch (error) {
      await this.accepting;
      if (!this.isAccepted) throw error;
      // Where it is kept its use is in doubt: it may be stored all the same.
      return this.isKept ? undefined : this.endOf(error);
    } finally {
      clearTimeout(this.timer);
    }
  }

  /** Ends it: its row is another one's by now. */
  cancel(): void {
    this.ending.abort(new Cancelled('the task was cancelled'));
  }

  /** Ends it, and nothing is charged. */
  stop(): void {
    this.ending.abort(new ProblemError(stopped));
  }

  readonly opened = (): void => {
    this.isOpen = true;
    this.acceptIfReady();
  };

  readonly holdsUpTo = async (): Promise<number | undefined> => {
    this.isSettled = true;
    await this.accepting;
    return this.isAccepted ? this.terms.mostBytes : undefined;
  };

  readonly keep = async (end: AnswerEnd): Promise<void> => {
    this.isSettled = true;
    await this.accepting;
    const { headers, bytes, isCharged } = end;
    if (!this.isAccepted || headers === undefined || bytes === undefined) return this.to.keep?.(end);
    // The task has the bytes.
    await this.to.keep?.({ isCharged });
    try {
      await this.keepTask({ headers, bytes, isCharged });
    } catch (error) {
      this.to.unpaid?.();
      throw error;
    }
  };

  readonly unpaid = (): void => {
    this.isKept = false;
    this.to.unpaid?.();
  };

  override elapsedMs(): number {
    return Math.floor(performance.now() - this.begunAt);
  }

  override send(headers: Readonly<Record<string, string>>, body: Uint8Array | string): void {
    if (!this.isAccepted) this.to.send(headers, body);
  }

  private acceptIfReady(): void {
    // Once tokens are set aside: 402 and 404 are told at once.
    if (!this.isDue || !this.isOpen || this.isSettled || this.hasBegun) return;
    this.accepting ??= this.terms.accept().then((isAccepted) => {
      this.isAccepted = isAccepted;
    });
  }

  private async keepTask(answer: WholeAnswer): Promise<void> {
    if (await this.terms.keep(answer)) {
      this.isKept = true;
      return;
    }
    this.cancel();
    throw new ProblemError(cancelled);
  }

  /** Why it ended without an answer. */
  private endOf(error: unknown): TaskEnd {
    if (!this.gone.aborted) return { kind: 'failed', error };
    const reason: unknown = this.gone.reason;
    if (reason instanceof Cancelled) return { kind: 'cancelled' };
    return reason instanceof CallerGone ? { kind: 'left' } : { kind: 'failed', error: reason };
  }
}

/** Ends the attempt: no other offer is asked. */
const cancelled = unavailable('the task was cancelled');
const stopped = unavailable('the process that made the images has stopped');
