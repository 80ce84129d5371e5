import { mutation } from '@tokengrid/simulation-kit';

const rules = 'apps/metering/src/decisions/rules';
const state = 'apps/metering/src/decisions/state';
const planTerms = 'apps/metering/src/rate-card/plan-terms';
const rating = 'libs/rating/src';

/** Mistakes in what counts over periods of subscriptions: prices, terms, free days. */
export const countingMutations = [
  mutation('a package is sold once it is used up', [
    `${rating}/price`,
    'const started = (quantity + formula.size - 1n) / formula.size;',
    'const started = quantity / formula.size;',
  ]),
  mutation('a tier of a volume does not include its end', [
    `${rating}/price`,
    'upTo === null || quantity <= upTo)!',
    'upTo === null || quantity < upTo)!',
  ]),
  mutation('a tier begins at the first unit again', [
    `${rating}/price`,
    'cost += (end - below) * unitPrice;',
    'cost += end * unitPrice;',
  ]),
  mutation('included units are free in tiers as well, and then priced', [
    `${rating}/price`,
    "return formula.model === 'volume' ? volumeCost(formula.tiers, priced)",
    "return formula.model === 'volume' ? volumeCost(formula.tiers, quantity)",
  ]),
  mutation('a meter of the largest value adds up', [
    `${rating}/counter`,
    "return aggregation === 'sum' || aggregation === 'count'\n    ? { kind: 'total'",
    "return aggregation === 'sum' || aggregation === 'count' || aggregation === 'max'\n    ? { kind: 'total'",
  ]),
  mutation('the same seat counts each time that it is used', [
    `${rating}/counter`,
    '  if (there && order(there, entry) === 0) {\n    return { ...counter',
    "  if (there && reading.aggregation !== 'unique' && order(there, entry) === 0) {\n    return { ...counter",
  ]),
  mutation('the maximum bounds single uses', [
    `${rating}/period`,
    'boundsOf(terms, linesAfter(period, change))];',
    'boundsOf(terms, linesAfter({ ...period, lines: 0n }, change))];',
  ]),
  mutation('the cost beyond the maximum is not taken back', [
    `${rating}/period`,
    'const left = maximum !== undefined && lines > maximum ? maximum : lines;',
    'const left = maximum !== undefined && lines < 0n ? maximum : lines;',
  ]),
  mutation('a use is counted, and not what it changes of the lines', [
    `${rating}/period`,
    'lines: lines + change.lines,',
    'lines: lines + change.lines * 0n,',
  ]),
  mutation('months of a subscription are those of the calendar', [
    `${rating}/subscription-period`,
    'Math.min(start.getUTCDate(), lastDay)',
    'Math.min(1, lastDay)',
  ]),
  mutation('a month without the day of the beginning goes on in the next', [
    `${rating}/subscription-period`,
    'Math.min(start.getUTCDate(), lastDay)',
    'Math.max(start.getUTCDate(), lastDay - 31)',
  ]),
  mutation('each use begins its period anew', [
    `${rules}/counting`,
    'period: found?.period ?? emptyPeriod };',
    'period: emptyPeriod };',
  ]),
  mutation('uses of one command do not count for each other', [
    `${rules}/rated-or-parked`,
    'withTaken(withUses(after, [result]), [result]);',
    'withTaken(withUses(payer, [result]), [result]);',
  ]),
  mutation('a subscription has one period, which never ends', [
    `${state}/periods`,
    '`${subscriptionId} ${from}`;',
    '`${subscriptionId} ${from.slice(0, 2)}`;',
  ]),
  mutation('a period is forgotten as soon as another use is later', [
    `${state}/periods`,
    'const periodsKeptMs = 37 * 24 * 60 * 60 * 1000;',
    'const periodsKeptMs = 60 * 60 * 1000;',
  ]),
  mutation('a month has the terms with which it ends', [
    planTerms,
    'for (const from of [month.from, ...later]) {',
    'for (const from of [month.from, ...later].reverse()) {',
  ]),
  mutation('uses in free days cost the later price', [
    planTerms,
    '{ ...terms, prices: [], isTrial: true }',
    '{ ...terms, prices: usePricesOf(plan), isTrial: true }',
  ]),
  mutation('uses in free days are counted', [
    planTerms,
    'if (part && !this.isInTrial(time)) return',
    'if (part && !this.isInTrial(Infinity)) return',
  ]),
  mutation('free days are those of the latest version', [
    planTerms,
    'return trialUntil ?? from + (this.versionAt(from)?.plan.trialDays ?? 0) * dayMs;',
    'return trialUntil ?? from + (this.versionAt(Infinity)?.plan.trialDays ?? 0) * dayMs;',
  ]),
  mutation('free days end at their last midnight', [
    planTerms,
    'return Math.max(time, this.subscription.from) < this.trialUntil;',
    'return Math.max(time, this.subscription.from) < this.trialUntil - (this.trialUntil % dayMs);',
  ]),
];
