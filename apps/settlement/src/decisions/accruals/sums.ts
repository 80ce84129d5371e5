import {
  type AccruedPeriod,
  type AccruedSum,
  type Advance,
  type ChargedUse,
  decimalOf,
  scaled,
} from '@tokengrid/contracts';
import type { Day } from '../state/days.ts';

/** Accrued fields of a charged or refunded use; amounts of a refund are negative. */
export type AccruedUse = Pick<
  ChargedUse,
  'usageId' | 'time' | 'app' | 'plan' | 'model' | 'priceVersion' | 'units' | 'tokens' | 'shares' | 'number' | 'first'
>;

type Growing = Omit<AccruedSum, 'units'> & { readonly units: Map<string, bigint> };

interface GrowingPeriod {
  uses: number;
  tokens: bigint;
  readonly sums: Map<string, Growing>;
}

/** Sums of uses, by period and within it by late day, earner, role, subject and price version. */
export class Sums {
  uses = 0;
  tokens = 0n;
  private readonly periods = new Map<Day, GrowingPeriod>();

  constructor(private readonly timeZone: string) {}

  /**
   * Adds a use: its shares as they were split once, on the whole use.
   * @throws Error for a use whose shares do not come to its price
   */
  add(day: Day, lateFor: Day | undefined, use: AccruedUse): void {
    const shared = use.shares.reduce((sum, share) => sum + share.tokens, 0n);
    if (shared !== use.tokens) {
      throw new Error(`the shares of ${use.usageId} come to ${shared} µAIT, and its price is ${use.tokens}`);
    }
    const period = this.period(day);
    // A use counts by the charge that collects for it first: by no correction and no refund after.
    const uses = use.tokens > 0n && (use.number === undefined || use.first) ? 1 : 0;
    for (const target of [this, period]) {
      target.uses += uses;
      target.tokens += use.tokens;
    }
    const units = Object.entries(use.units).map(([meter, count]) => [meter, scaled(count)] as const);
    for (const { role, partyId, tokens } of use.shares) {
      const sum = sumOf(period, lateFor, partyId, role, use);
      sum.tokens += tokens;
      sum.uses += uses;
      for (const [meter, count] of units) sum.units.set(meter, (sum.units.get(meter) ?? 0n) + count);
    }
  }

  private period(day: Day): GrowingPeriod {
    const known = this.periods.get(day);
    if (known) return known;
    const period = { uses: 0, tokens: 0n, sums: new Map<string, Growing>() };
    this.periods.set(day, period);
    return period;
  }

  /**
   * In the order in which they came up.
   * @param advancesTo what the operator has to bear for sums of a period
   */
  listed(advancesTo: (period: Day) => Advance[]): AccruedPeriod[] {
    return [...this.periods].map(([period, { uses, tokens, sums: growing }]) => {
      const sums = [...growing.values()].map((sum) => ({
        ...sum,
        units: Object.fromEntries([...sum.units].map(([meter, count]) => [meter, decimalOf(count)])),
      }));
      return { period, timeZone: this.timeZone, uses, tokens, sums, advanced: advancesTo(period) };
    });
  }
}

function sumOf(
  { sums }: GrowingPeriod,
  lateFor: Day | undefined,
  partyId: string,
  role: AccruedSum['role'],
  { app, plan, model, priceVersion }: AccruedUse,
): Growing {
  const key = JSON.stringify([lateFor, partyId, role, app, plan, model, priceVersion]);
  const known = sums.get(key);
  if (known) return known;
  const subject = { ...(app && { app }), ...(plan && { plan }), ...(model && { model }), priceVersion };
  const sum = {
    ...(lateFor && { lateFor }),
    ...{ partyId, role, ...subject, tokens: 0n, uses: 0, units: new Map<string, bigint>() },
  };
  sums.set(key, sum);
  return sum;
}
