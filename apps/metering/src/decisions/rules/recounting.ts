import { type CountedIn, largestAmount, type Units } from '@tokengrid/contracts';
import { correctInPeriod, rateByUse, type Unrated } from '@tokengrid/rating';
import { periodKey, type WithPeriods } from '../state/periods.ts';
import { type Priced, summedLines, type UseNow } from './corrected-use.ts';
import { countedIn, openPeriod } from './counting.ts';
import { sharesOf } from './shares.ts';
import type { CountedPlan, KnownTerms } from './terms.ts';

/** A counted use as a correction leaves it, and the change of its period. */
export interface Recounted {
  readonly priced: Priced;
  readonly counted: CountedIn;
}

/**
 * Counts a use anew in its period, or takes it back. What the period's total changes by is the
 * difference: the use may end up with less than nothing, where others became cheaper by its void.
 */
export function recounted(
  payer: WithPeriods,
  { use: { usageId: key, time: usedAt }, priced }: UseNow,
  { model, plan }: { readonly model: KnownTerms['model']; readonly plan: CountedPlan },
  units: Units | undefined,
): Recounted | Unrated | 'period-over' | 'terms-unknown' {
  // The use was counted in it: a period that is not known is forgotten. It may have ended earlier
  // than was known as the use was rated, with its subscription.
  if (!payer.periods.has(periodKey(plan.period))) return 'period-over';
  const open = openPeriod(payer, plan);
  if (typeof open === 'string') return open;
  const { operatorBps, terms, period } = open;
  const time = Date.parse(usedAt);
  const rated = correctInPeriod(terms, period, { units: priced.units, time, key }, units && { units, time, key });
  if (typeof rated === 'string') return rated;
  const cost = units && model ? rateByUse(units, model.prices) : { tokens: 0n, lines: [] };
  if (cost.tokens >= largestAmount) return 'amount-over-limit';
  const tokens = priced.tokens + rated.tokens;
  const { shares, subsidy } = sharesOf(tokens, cost.tokens, { operatorBps, app: plan, model });
  const lines = summedLines([...priced.lines, ...rated.lines.map((line) => ({ of: plan.of, ...line }))]);
  const costs = cost.lines.map((line) => ({ of: model!.of, ...line }));
  const next = { units: units ?? {}, tokens, lines, shares, costs, subsidy: subsidy?.tokens ?? 0n };
  return { priced: next, counted: countedIn(plan, rated) };
}
