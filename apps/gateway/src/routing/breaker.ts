import type { AttemptOutcome } from '../serving/routes.ts';

/** Rules of a circuit breaker; times in milliseconds. */
export interface BreakerRules {
  /** Window in which attempts are counted, in whole seconds. */
  readonly windowMs: number;
  /** Attempts of the window from which on the failed ones are judged. */
  readonly leastSamples: number;
  /** Part of them that trips it, in basis points. */
  readonly failedBps: number;
  /** Failures in a row that trip it, however few attempts there were. */
  readonly inARow: number;
  /** Time for which it is open first; each probe that fails doubles it, up to the last one. */
  readonly openMs: number;
  readonly mostOpenMs: number;
  /** Longest pause that a provider may ask for. */
  readonly mostBusyMs: number;
  /** Time after which a probe that nothing was heard of makes way for another. */
  readonly probeMs: number;
}

/** Rules of the design (gateway.md, Many providers, one name). */
export const breakerRules: BreakerRules = {
  ...{ windowMs: 60_000, leastSamples: 10, failedBps: 5000, inARow: 3 },
  ...{ openMs: 5000, mostOpenMs: 60_000, mostBusyMs: 10 * 60_000, probeMs: 10_000 },
};

/** Attempts that ended in one second. */
interface Second {
  readonly second: number;
  readonly attempts: number;
  readonly failed: number;
}

/** Circuit breaker of an offer; times are monotonic milliseconds. */
export type Breaker =
  | { readonly state: 'closed'; readonly seconds: readonly Second[]; readonly failedInARow: number }
  | {
      readonly state: 'open';
      readonly why: 'failing' | 'busy';
      /** From then on it is half-open: one probe tells. */
      readonly until: number;
      /** Probes that failed since it tripped. */
      readonly failedProbes: number;
      /** Time until which a probe is awaited; absent: none is under way. */
      readonly probeUntil?: number;
    };

export const closedBreaker: Breaker = { state: 'closed', seconds: [], failedInARow: 0 };

/**
 * What a breaker lets through at a time: everything, nothing, or one probe. `probing`: that one is
 * under way.
 */
export function passageOf(breaker: Breaker, now: number): 'closed' | 'open' | 'half-open' | 'probing' {
  if (breaker.state === 'closed') return 'closed';
  if (now < breaker.until) return 'open';
  return breaker.probeUntil !== undefined && now < breaker.probeUntil ? 'probing' : 'half-open';
}

/** The breaker once a probe has begun. */
export function probed(breaker: Breaker, now: number, { probeMs }: BreakerRules): Breaker {
  return breaker.state === 'closed' ? breaker : { ...breaker, probeUntil: now + probeMs };
}

/** The breaker once an attempt has ended. While it is open, only a longer pause changes it. */
export function told(breaker: Breaker, outcome: AttemptOutcome, now: number, rules: BreakerRules): Breaker {
  if (outcome.kind === 'busy') return paused(breaker, outcome.retryAfterMs, now, rules);
  const hasFailed = outcome.kind !== 'delivered';
  if (breaker.state === 'closed') return counted(breaker, hasFailed, now, rules);
  // An attempt from before it tripped tells nothing of how the offer is now.
  if (now < breaker.until) return breaker;
  if (!hasFailed) return closedBreaker;
  const failedProbes = breaker.failedProbes + 1;
  const openMs = Math.min(rules.openMs * 2 ** failedProbes, rules.mostOpenMs);
  return { state: 'open', why: 'failing', until: now + openMs, failedProbes };
}

/** A provider that asks for a pause gets it, but none without end. */
function paused(breaker: Breaker, retryAfterMs: number, now: number, { mostBusyMs }: BreakerRules): Breaker {
  const until = now + Math.min(Math.max(retryAfterMs, 0), mostBusyMs);
  if (breaker.state === 'closed') return { state: 'open', why: 'busy', until, failedProbes: 0 };
  const { failedProbes } = breaker;
  return until > breaker.until ? { state: 'open', why: 'busy', until, failedProbes } : breaker;
}

function counted(
  { seconds, failedInARow }: Extract<Breaker, { state: 'closed' }>,
  hasFailed: boolean,
  now: number,
  { windowMs, leastSamples, failedBps, inARow, openMs }: BreakerRules,
): Breaker {
  const second = Math.floor(now / 1000);
  const window = seconds.filter((each) => each.second > second - windowMs / 1000);
  const last = window.at(-1);
  const failure = hasFailed ? 1 : 0;
  const added =
    last?.second === second
      ? [...window.slice(0, -1), { second, attempts: last.attempts + 1, failed: last.failed + failure }]
      : [...window, { second, attempts: 1, failed: failure }];
  const attempts = added.reduce((sum, each) => sum + each.attempts, 0);
  const failed = added.reduce((sum, each) => sum + each.failed, 0);
  const row = hasFailed ? failedInARow + 1 : 0;
  const isFailing = attempts >= leastSamples && failed * 10_000 >= attempts * failedBps;
  return row >= inARow || isFailing
    ? { state: 'open', why: 'failing', until: now + openMs, failedProbes: 0 }
    : { state: 'closed', seconds: added, failedInARow: row };
}
