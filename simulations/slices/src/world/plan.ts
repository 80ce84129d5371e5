import type { AppFacts, SubscriptionFacts } from '@tokengrid/metering/rate-card/facts';
import type { Dice } from '@tokengrid/simulation-kit';

/*
 * An app's plan, in the words of the design: what of a month is free, and what the rest costs. All
 * prices are whole, so nothing is rounded.
 */

export const app = 'helper';
export const planOf = `app:${app}:team`;

/** Meters of the plan. Requests are counted, the others add up. */
export const planMeters = ['requests', 'pages', 'words', 'seconds'] as const;
export type PlanMeter = (typeof planMeters)[number];

const included = { requests: 30n, seconds: 90n };
/** Pages are sold by ten. */
const pagesOfBlock = 10n;
const unitPrices = { requests: 5n, pages: 17n, seconds: 2n };
/** The first 60 words are free, those up to 200 cost 3, the others 1. */
const tiersOfWords = [
  { upTo: 60n, unitPrice: 0n },
  { upTo: 200n, unitPrice: 3n },
  { upTo: null, unitPrice: 1n },
] as const;

/** One unit: quantities here have six decimals, as what is set aside may be half a unit. */
export const unit = 1_000_000n;

/** µAIT that a month's quantity of a meter costs, rounded half up once. */
export const costOf = (meter: PlanMeter, quantity: bigint): bigint =>
  (2n * exactCostOf(meter, quantity) + unit) / (2n * unit);

function exactCostOf(meter: PlanMeter, quantity: bigint): bigint {
  switch (meter) {
    case 'requests':
    case 'seconds': {
      const free = included[meter] * unit;
      return quantity > free ? (quantity - free) * unitPrices[meter] : 0n;
    }
    case 'pages':
      return ceiled(quantity, pagesOfBlock * unit) * unitPrices.pages * unit;
    case 'words': {
      let [cost, below] = [0n, 0n];
      for (const { upTo, unitPrice } of tiersOfWords) {
        const end = upTo === null || quantity < upTo * unit ? quantity : upTo * unit;
        if (end > below) cost += (end - below) * unitPrice;
        below = upTo === null ? below : upTo * unit;
      }
      return cost;
    }
  }
}

export const ceiled = (amount: bigint, by: bigint): bigint => (amount + by - 1n) / by;

/** Units in the form of events. */
export const decimalOf = (count: bigint): string =>
  `${count / unit}${count % unit === 0n ? '' : `.${String(count % unit).padStart(6, '0')}`}`.replace(
    /(\.\d*?)0+$/,
    '$1',
  );

/** A number of units, with up to six decimals. */
export function unitsIn(decimal: string): bigint {
  const [whole = '0', part = ''] = decimal.split('.');
  return BigInt(whole) * unit + BigInt(part.padEnd(6, '0'));
}

const upTo = (end: bigint | null) => (end === null ? null : String(end));

/** The same, as metering hears of it. */
export const appFacts: AppFacts = {
  developerId: `org_${'7'.repeat(26)}`,
  pauses: [],
  versions: [
    {
      ...{ version: 1, effectiveFrom: 0, subscriptionsFrom: 0, operatorBps: 1500, models: [], reporters: {} },
      plans: [
        {
          id: 'team',
          prices: [
            {
              ...{ meter: 'requests', model: 'per-unit', aggregation: 'count' },
              ...{ unitPrice: String(unitPrices.requests), includedUnits: String(included.requests) },
            },
            {
              ...{ meter: 'pages', model: 'package' },
              ...{ unitPrice: String(unitPrices.pages), includedUnits: String(pagesOfBlock) },
            },
            {
              ...{ meter: 'words', model: 'graduated' },
              tiers: tiersOfWords.map((tier) => ({ upTo: upTo(tier.upTo), unitPrice: String(tier.unitPrice) })),
            },
            {
              ...{ meter: 'seconds', model: 'per-unit' },
              ...{ unitPrice: String(unitPrices.seconds), includedUnits: String(included.seconds) },
            },
          ],
        },
      ],
    },
  ],
};

/** Begin of all histories. */
export const beginning = Date.UTC(2026, 0, 1, 8);

/** A subscription whose month ends while histories run, and the time of that. */
export function subscriptionOf(digit: string, endsAfterMs: number): SubscriptionFacts {
  const monthEnds = beginning + endsAfterMs;
  const from = Date.UTC(2025, 11, 1, 8) + endsAfterMs;
  if (new Date(monthEnds).getUTCDate() !== new Date(from).getUTCDate()) throw new Error('months differ');
  return { subscriptionId: `sbn_${digit.repeat(26)}`, planId: 'team', version: 1, from, until: null };
}

/** Some units of the plan's meters. */
export function someUnits(dice: Dice): Readonly<Partial<Record<PlanMeter, bigint>>> {
  const units: Partial<Record<PlanMeter, bigint>> = {};
  for (const meter of planMeters) {
    if (dice.once(2)) units[meter] = meter === 'requests' ? 1n : BigInt(dice.roll(14));
  }
  return units;
}

/** Units as a use has them. */
export const stated = (units: Readonly<Partial<Record<string, bigint>>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(units).map(([meter, count]) => [meter, String(count)]));
