import { LRUCache } from 'lru-cache';
import type { AttemptOutcome } from '../serving/routes.ts';
import { type Breaker, type BreakerRules, closedBreaker, passageOf, probed, told } from './breaker.ts';

/** Most offers whose health is remembered; what is forgotten counts as healthy. */
const mostOffers = 10_000;

/** Weight of a new latency in the mean: an eighth. */
const latencyShare = 8;

/** Health of an offer at this process. */
export interface OfferHealth {
  readonly breaker: Breaker;
  /** Mean of the last ones, in milliseconds; `undefined` until something was delivered. */
  readonly firstUnitMs: number | undefined;
}

const unknown: OfferHealth = { breaker: closedBreaker, firstUnitMs: undefined };

/** Change of an offer's breaker. */
export interface HealthChange {
  readonly offerId: string;
  readonly before: Breaker;
  readonly after: Breaker;
}

/** Circuit breakers and latencies of offers, as this process has seen them. */
export class OffersHealth {
  private readonly known = new LRUCache<string, OfferHealth>({ max: mostOffers });

  /** @param changed hears of every breaker that opens or closes */
  constructor(
    private readonly rules: BreakerRules,
    private readonly changed: (change: HealthChange) => void = () => undefined,
  ) {}

  /** Health of all offers that were called, by their id. */
  all(): Iterable<readonly [string, OfferHealth]> {
    return this.known.entries();
  }

  of(offerId: string): OfferHealth {
    return this.known.get(offerId) ?? unknown;
  }

  /** What the breaker of an offer lets through. @param now monotonic milliseconds */
  passageOf(offerId: string, now: number): ReturnType<typeof passageOf> {
    return passageOf(this.of(offerId).breaker, now);
  }

  /** Notes that a probe of an offer begins. */
  probe(offerId: string, now: number): void {
    const health = this.of(offerId);
    this.known.set(offerId, { ...health, breaker: probed(health.breaker, now, this.rules) });
  }

  /** Takes what became of an attempt. */
  tell(offerId: string, outcome: AttemptOutcome, now: number): void {
    const { breaker: before, firstUnitMs: mean } = this.of(offerId);
    const after = told(before, outcome, now, this.rules);
    const firstUnitMs = outcome.kind === 'delivered' ? meanOf(mean, outcome.firstUnitMs) : mean;
    this.known.set(offerId, { breaker: after, firstUnitMs });
    if (after.state !== before.state) this.changed({ offerId, before, after });
  }
}

const meanOf = (mean: number | undefined, latest: number): number =>
  mean === undefined ? latest : mean + (latest - mean) / latencyShare;
