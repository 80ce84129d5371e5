import type { EventOf, MeteringEvent, UsageRated } from '@tokengrid/contracts';
import type { Recorded } from '@tokengrid/kernel';
import type { Facts } from '../model/facts.ts';
import { termsOf, type Use } from '../model/rating.ts';

/** Time after its end for which a period counts late uses. */
const keptMs = 37 * 86_400_000;

type Rated = Recorded<EventOf<typeof UsageRated>>;

/** Periods that are forgotten once a counted use is 37 days later than their end (ADR 38). */
export class ForgottenPeriods {
  /** By payer: time of the latest counted use. */
  private readonly latest = new Map<string, number>();

  constructor(private readonly heard: Facts) {}

  /** All that a command states, before any of it is compared. */
  follow(events: readonly Recorded<MeteringEvent>[]): void {
    for (const { data } of events.filter((event): event is Rated => event.type === 'UsageRated')) {
      for (const { counted, time } of data.uses) {
        const before = this.latest.get(data.partyId) ?? 0;
        if (counted) this.latest.set(data.partyId, Math.max(before, Date.parse(time)));
      }
    }
  }

  /** Whether the period that a use would count in is forgotten: the use may wait for good. */
  has(use: Use): boolean {
    const terms = termsOf(this.heard, use);
    const app = 'waits' in terms ? undefined : terms.app;
    const period = app?.isTrial ? undefined : app?.period;
    return period !== undefined && period.until < (this.latest.get(use.payerId) ?? 0) - keptMs;
  }
}
