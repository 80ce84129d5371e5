import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type NextRun, problem, ProblemError, Repeating, serviceConfig, serviceLog } from '@tokengrid/service';
import type { Logger } from 'pino';
import type { GatewayConfig } from '../config.ts';
import { unavailable } from '../serving/failures.ts';
import type { Admitted } from './app-admission.ts';

/** Interval of checking running calls; what is known of apps and keys is at most as old again. */
const checkEveryMs = 250;
/** Time for which a call may run on while nobody can tell whether it may. */
const mostUnknownMs = 10_000;

/** A request to an app, or a WebSocket, that runs. */
export interface RunningCall {
  readonly admitted: Admitted;
  /** Names all calls that are admitted together: by one key, to one app. */
  readonly group: string;
  /** The right to call, as it is now. @throws ProblemError */
  admit(): Promise<Admitted>;
  /** Ends the call. */
  end(reason: ProblemError): void;
}

/**
 * Calls that run at this process: no more than there may be, and none for longer than it is
 * allowed. A call ends within a second after its app was suspended, its subscription ended, its key
 * was revoked, or one of its scopes was withdrawn.
 */
@Injectable()
export class RunningCalls implements OnApplicationShutdown {
  private readonly calls = new Map<RunningCall, { knownAt: number }>();
  private readonly bySubscription = new Map<string, number>();
  private readonly checking: Repeating;

  constructor(
    @Inject(serviceConfig)
    private readonly config: Pick<GatewayConfig, 'appRequests' | 'appRequestsPerSubscription'>,
    @Inject(serviceLog) log: Logger,
  ) {
    this.checking = new Repeating(
      () => this.check(),
      checkEveryMs,
      (error) => log.error({ err: error }, 'running calls of apps could not be checked'),
    );
  }

  onApplicationShutdown(): Promise<void> {
    return this.checking.stop();
  }

  /**
   * Adds a call.
   * @returns a function to call once it is over
   * @throws ProblemError 429 for one subscription's too many calls, 503 for too many of all
   */
  begin(call: RunningCall): () => void {
    const { subscriptionId } = call.admitted;
    const running = this.bySubscription.get(subscriptionId) ?? 0;
    if (running >= this.config.appRequestsPerSubscription) throw tooMany(running);
    if (this.calls.size >= this.config.appRequests)
      throw new ProblemError(unavailable('as many requests to apps run as there may be'));
    this.bySubscription.set(subscriptionId, running + 1);
    this.calls.set(call, { knownAt: performance.now() });
    this.checking.wake();
    return () => this.over(call);
  }

  private over(call: RunningCall): void {
    if (!this.calls.delete(call)) return;
    const { subscriptionId } = call.admitted;
    const left = this.bySubscription.get(subscriptionId)! - 1;
    if (left === 0) this.bySubscription.delete(subscriptionId);
    else this.bySubscription.set(subscriptionId, left);
  }

  /** Ends what is not allowed any more. */
  async check(): Promise<NextRun> {
    const groups = Map.groupBy(this.calls.keys(), ({ group }) => group);
    await Promise.all([...groups.values()].map((calls) => this.checkGroup(calls)));
    return this.calls.size > 0 ? undefined : 'rest';
  }

  private async checkGroup(calls: readonly RunningCall[]): Promise<void> {
    let now: Admitted;
    try {
      now = await calls[0]!.admit();
    } catch (error) {
      const isRefused = error instanceof ProblemError && error.problem.status < 500;
      for (const call of calls) if (isRefused || this.isUnknown(call)) call.end(reasonOf(error));
      return;
    }
    const at = performance.now();
    for (const call of calls) {
      const { subscriptionId, scopes } = call.admitted;
      const lost = scopes.find((scope) => !now.scopes.includes(scope));
      if (subscriptionId !== now.subscriptionId)
        call.end(ended('GATEWAY.NOT_SUBSCRIBED', 'the subscription has ended'));
      else if (lost !== undefined)
        call.end(ended('GATEWAY.CONSENT_MISSING', `the consent to the scope ${lost} was withdrawn`));
      else {
        const known = this.calls.get(call);
        if (known) known.knownAt = at;
      }
    }
  }

  /** True if nobody has been able to tell for too long whether a call may run. */
  private isUnknown(call: RunningCall): boolean {
    const { knownAt = 0 } = this.calls.get(call) ?? {};
    return performance.now() - knownAt > mostUnknownMs;
  }
}

const reasonOf = (error: unknown): ProblemError =>
  error instanceof ProblemError ? error : new ProblemError(unavailable('the right to call the app is not known'));

const ended = (code: string, detail: string) => new ProblemError(problem(403, code, detail));

const tooMany = (running: number) =>
  new ProblemError(
    problem(429, 'TOO_MANY_REQUESTS', `${running} requests of this subscription run`, {}, { 'retry-after': '1' }),
  );
