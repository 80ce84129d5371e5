import type { ModelOffer } from '../serving/routes.ts';
import type { OffersHealth } from './offers-health.ts';

/** Most offers that a request is tried at. */
const mostAttempts = 3;

/** Offers to try in turn, and those of them whose breaker learns from it. */
export interface Attempts {
  readonly offers: readonly ModelOffer[];
  /** Milliseconds after which one that is open now may be tried; absent if some can be. */
  readonly retryAfterMs?: number;
}

/**
 * The first offers in an order that can be tried. One that is half-open is tried by one request at
 * a time if it is the best; where it only stands in for another, any that needs it may try it.
 * @param now monotonic milliseconds
 */
export function healthyOffers(ordered: readonly ModelOffer[], health: OffersHealth, now: number): Attempts {
  const passages = ordered.map(({ offerId }) => health.passageOf(offerId, now));
  const offers = ordered.filter((_, index) => passages[index] === 'closed' || passages[index] === 'half-open');
  if (offers.length > 0) return { offers: offers.slice(0, mostAttempts) };
  const waits = ordered.map(({ offerId }) => waitOf(offerId, health, now));
  return { offers: [], retryAfterMs: Math.ceil(Math.min(...waits)) };
}

/** Milliseconds until an offer that is not healthy may be tried. */
function waitOf(offerId: string, health: OffersHealth, now: number): number {
  const { breaker } = health.of(offerId);
  if (breaker.state === 'closed') return 0;
  return Math.max(breaker.until, breaker.probeUntil ?? 0) - now;
}
