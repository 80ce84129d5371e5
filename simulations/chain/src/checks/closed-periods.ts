import { operatorPartyId, type RatedUse } from '@tokengrid/contracts';
import { ensure, same, Violation } from '@tokengrid/simulation-kit';
import { type Closing, closingAt, restOf } from '../model/closings.ts';
import type { CountedUses } from '../model/counted-uses.ts';
import type { Facts } from '../model/facts.ts';
import { monthAt } from '../model/subscription-months.ts';

/** Source of the uses by which periods are closed. */
export const periodSource = 'tokengrid:period';

/** Ends of periods that have a minimum, each of which is charged once. */
export class ClosedPeriods {
  /** By subscription and start. */
  private readonly closed = new Map<string, Closing>();
  private tokens = 0n;

  constructor(
    private readonly heard: Facts,
    private readonly counted: CountedUses,
    private readonly latenessMs: number,
  ) {}

  /** @throws Violation unless a use is what is missing of a period that is over */
  see(payerId: string, use: RatedUse, now: number): void {
    const { counted, eventId, time } = use;
    const subscription = this.heard.subscriptions.find(({ id }) => id === counted?.subscriptionId);
    if (!subscription) throw new Violation(`${eventId} closes a period of no subscription`);
    const closing = closingAt(this.heard, subscription, Date.parse(time));
    if (!closing) throw new Violation(`${eventId} closes a period without a minimum`);
    const { from, until, of, plan, version, operatorBps, least } = closing;
    const name = `${subscription.id} ${from}`;
    ensure(!this.closed.has(name), () => `${name} is closed again by ${eventId}`);
    ensure(now >= until + this.latenessMs, () => `${name} is closed too early by ${eventId}`);
    const meant = restOf(closing, this.counted);
    same(
      () => `the end of ${name}`,
      [payerId, use.app, use.plan, use.priceVersion, use.operatorBps, Date.parse(time), use.units, use.reportedBy],
      [subscription.partyId, subscription.slug, plan, `${of}@${version}`, operatorBps, until - 1, {}, operatorPartyId],
    );
    same(
      () => `the period that ends with ${name}`,
      [Date.parse(counted!.from), Date.parse(counted!.until), counted!.change.minimum ?? 0n],
      [from, until, least],
    );
    same(() => `the total of ${name} at its end`, use.tokens, meant.tokens);
    const shares = use.shares
      .filter(({ tokens }) => tokens !== 0n)
      .map((each) => [each.role, each.partyId, each.tokens]);
    same(
      () => `the earners of the end of ${name}`,
      shares.sort(),
      meant.earners.map((each) => [each.role, each.partyId, each.tokens]).sort(),
    );
    ensure(
      use.lines.every(({ kind }) => kind === 'minimum'),
      () => `the end of ${name} costs more than its minimum`,
    );
    this.counted.end(subscription.id, from, least);
    this.closed.set(name, closing);
    this.tokens += meant.tokens;
  }

  /** What all ends cost. */
  get total(): bigint {
    return this.tokens;
  }

  get all(): Iterable<Closing> {
    return this.closed.values();
  }

  /** @throws Violation where a period that is over is not closed */
  finish(now: number): void {
    for (const subscription of this.heard.subscriptions) {
      const { from: beginning, until: end = Infinity } = subscription;
      for (let at = beginning; at < end; at = monthAt(beginning, at).until) {
        const until = Math.min(monthAt(beginning, at).until, end);
        if (until + this.latenessMs > now) break;
        const closing = closingAt(this.heard, subscription, at);
        const name = `${subscription.id} ${closing?.from}`;
        ensure(!closing || this.closed.has(name), () => `${name} is over, but not closed`);
      }
    }
  }
}
