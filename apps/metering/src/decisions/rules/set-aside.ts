import {
  type CountedIn,
  decimalOf,
  derivedId,
  instantOf,
  operatorPartyId,
  type RatedUse,
  scaled,
  type SlicePrices,
} from '@tokengrid/contracts';
import { type Bound, boundsOf, rateAside } from '@tokengrid/rating';
import { periodKey, type WithPeriods } from '../state/periods.ts';
import type { OpenSlice } from '../state/slices.ts';
import { chargeIdOf } from './charge-id.ts';
import { countedIn, openPeriod, type Uncounted } from './counting.ts';
import { sharesOf } from './shares.ts';
import type { CountedPlan } from './terms.ts';

/** Source of what metering states itself of units that were set aside, and not used. */
const asideSource = 'tokengrid:slice';

/** Free units of a plan's period that are counted as used for a slice, or are no more. */
export type StatedAside = CountedIn & Pick<RatedUse, 'priceVersion'>;

/** What a slice may be spent at by a plan that counts, and what is set aside for it. */
export interface BoundPlan {
  readonly prices: SlicePrices;
  readonly aside?: StatedAside;
}

/**
 * Terms of a slice of a plan that counts: its highest unit prices, and half of the units that are
 * free in its period, in whole units, but no more than the tokens asked for are worth. These are
 * counted as if they were used, so that nobody else uses them.
 * @returns why there are none: the period can't count, or no unit price bounds it
 */
export function boundPlan(
  payer: WithPeriods,
  plan: CountedPlan,
  { sliceId, tokens }: { readonly sliceId: string; readonly tokens: bigint },
): BoundPlan | Uncounted | 'unbounded' {
  const open = openPeriod(payer, plan);
  if (typeof open === 'string') return open;
  const bounds = boundsOf(open.terms, open.period);
  if (!bounds) return 'unbounded';
  const free = new Map(bounds.map((bound) => [bound.meter, freeOf(bound, tokens)]));
  const prices: SlicePrices = {
    ...{ of: plan.of, version: open.version },
    prices: bounds.map(({ meter, unitPrice, aggregation, per }) => ({
      ...{ meter, unitPrice, aggregation, ...(per !== undefined && { per }) },
      ...(free.get(meter)! > 0n && { free: decimalOf(free.get(meter)!) }),
    })),
  };
  const named = { time: Date.parse(plan.period.from), key: asideKeyOf(sliceId) };
  const counted = open.terms.byPeriod
    .map(({ meter, aggregation }) => ({ meter, aggregation, value: free.get(meter)!, ...named }))
    .filter(({ value }) => value > 0n);
  if (counted.length === 0) return { prices };
  const { subscriptionId, from, until } = plan.period;
  const change = { counted, takenBack: [], lines: 0n };
  return { prices, aside: { subscriptionId, from, until, change, priceVersion: `${plan.of}@${open.version}` } };
}

/** Units × 10^6 of a meter to set aside for a slice; whole uses where they are counted. */
function freeOf({ aggregation, unitPrice, per, room }: Bound, tokens: bigint): bigint {
  const price = scaled(unitPrice);
  const block = per === undefined ? oneUnit : scaled(per);
  const worth = price === 0n ? room : ceiled(tokens * oneUnit * block, price);
  const free = least(worth, least(room, wholeUnits(ceiled(room, 2n))));
  return aggregation === 'count' ? free - (free % oneUnit) : free;
}

const oneUnit = 1_000_000n;
const ceiled = (amount: bigint, by: bigint): bigint => (amount + by - 1n) / by;
/** Rounded up, so that the last unit is not halved over and over. */
const wholeUnits = (units: bigint): bigint => ceiled(units, oneUnit) * oneUnit;
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** Name by which units that are set aside for a slice are counted. */
const asideKeyOf = (sliceId: string): string => derivedId('usg', asideSource, sliceId);

/** What a slice gives back of what was set aside for it. */
interface GivenBack {
  /** Uses that give back tokens: others of the period were dearer for what was set aside. */
  readonly uses: RatedUse[];
  /** Periods whose counters fall, at no cost. */
  readonly returned: StatedAside[];
}

/**
 * Takes back what was set aside for a slice, and not used: its periods then come to what was used
 * of them.
 * @param plans terms of the periods
 * @param time epoch milliseconds
 * @throws Error for a period whose terms are not among these
 */
export function givenBackBy(
  payer: WithPeriods,
  { sliceId, aside }: Pick<OpenSlice, 'sliceId' | 'aside'>,
  plans: readonly CountedPlan[],
  time: number,
): GivenBack {
  const given: GivenBack = { uses: [], returned: [] };
  for (const each of aside) {
    const units = new Map([...each.units].filter(([, left]) => left > 0n));
    const plan = plans.find(({ period }) => periodKey(period) === periodKey(each));
    const open = plan && openPeriod(payer, plan);
    // A period that is forgotten charges nobody any more.
    if (units.size === 0 || open === 'period-over') continue;
    if (!plan || !open || open === 'terms-unknown') throw new Error(`unknown terms: ${each.priceVersion}`);
    const named = { time: Date.parse(each.from), key: asideKeyOf(sliceId) };
    const rated = rateAside(open.terms, open.period, { units, ...named }, undefined);
    if (typeof rated === 'string') throw new Error(`${each.priceVersion} can't be taken back: ${rated}`);
    const { tokens } = rated;
    const counted = countedIn(plan, rated);
    const { priceVersion } = each;
    if (tokens === 0n) given.returned.push({ ...counted, priceVersion });
    else {
      const { of, plan: planId } = plan;
      const { operatorBps } = open;
      given.uses.push({
        ...useOf(sliceId, plan, time),
        ...{ plan: planId, tokens, priceVersion, operatorBps, counted },
        lines: rated.lines.map((line) => ({ of, ...line })),
        shares: [...sharesOf(tokens, 0n, { operatorBps, app: plan }).shares],
      });
    }
  }
  return given;
}

/** The use by which a slice gives back: of now, or of its period's last moment. */
function useOf(sliceId: string, { of, period }: CountedPlan, time: number) {
  // Of other parts than the ids of reported uses, so that no report can take it.
  const eventId = `${sliceId}/${period.subscriptionId}/${period.from}`;
  const usageId = derivedId('usg', asideSource, eventId);
  return {
    ...{ usageId, chargeId: chargeIdOf(usageId), source: asideSource, eventId, reportedBy: operatorPartyId },
    ...{ time: instantOf(Math.min(time, Date.parse(period.until) - 1)), app: of.split(':')[1]!, units: {} },
  };
}
