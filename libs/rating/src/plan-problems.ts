import type { PlanPrice, PriceTier } from './price.ts';

/** A place in a plan that can't be charged by. */
export interface PlanProblem {
  /** JSON Pointer into the document that holds the plan. */
  readonly pointer: string;
  readonly detail: string;
}

/** The parts of a plan that uses are charged by. */
export interface CheckedPlan {
  readonly prices: readonly PlanPrice[];
  readonly minimumCharge?: bigint | undefined;
  readonly maximumCharge?: bigint | undefined;
}

/**
 * Problems of a plan whose fields are well formed each. A plan without one can be charged by.
 * @param at pointer of the plan
 */
export function planProblems({ prices, minimumCharge, maximumCharge }: CheckedPlan, at: string): PlanProblem[] {
  const meters = prices.map(({ meter }) => meter);
  const problems = prices.flatMap((price, index) => {
    const pointer = `${at}/prices/${index}`;
    const isRepeated = meters.indexOf(price.meter) < index;
    return [
      ...priceProblems(price, pointer),
      ...(isRepeated ? [{ pointer: `${pointer}/meter`, detail: 'has a price in this plan already' }] : []),
    ];
  });
  if (minimumCharge !== undefined && maximumCharge !== undefined && minimumCharge > maximumCharge) {
    problems.push({ pointer: `${at}/minimumCharge`, detail: 'must not be more than maximumCharge' });
  }
  return problems;
}

function priceProblems(price: PlanPrice, at: string): PlanProblem[] {
  const { model, unitPrice, tiers, includedUnits = '0' } = price;
  const problem = (field: string, detail: string) => ({ pointer: `${at}/${field}`, detail });
  if (model === 'graduated' || model === 'volume') {
    return [
      ...(unitPrice === undefined
        ? []
        : [problem('unitPrice', `has no place in a ${model} price: its tiers have prices`)]),
      ...(tiers === undefined || tiers.length === 0
        ? [problem('tiers', `must be there: a ${model} price has tiers`)]
        : tierProblems(tiers, `${at}/tiers`)),
    ];
  }
  return [
    ...(tiers === undefined ? [] : [problem('tiers', `have no place in a ${model} price`)]),
    ...(unitPrice === undefined ? [problem('unitPrice', `must be there: a ${model} price has one`)] : []),
    ...(model === 'package' && includedUnits === '0'
      ? [problem('includedUnits', 'must say how many units a package has')]
      : []),
  ];
}

/** Tiers that rise cover every quantity once: each begins where the one before ends. */
function tierProblems(tiers: readonly PriceTier[], at: string): PlanProblem[] {
  return tiers.flatMap(({ upTo }, index) => {
    const pointer = `${at}/${index}/upTo`;
    if (index === tiers.length - 1) {
      return upTo === null ? [] : [{ pointer, detail: 'must be null: the last tier has no end' }];
    }
    if (upTo === null) return [{ pointer, detail: 'must be a number: only the last tier has no end' }];
    const before = index === 0 ? null : tiers[index - 1]!.upTo;
    const rises = before === null || BigInt(before) < BigInt(upTo);
    return rises ? [] : [{ pointer, detail: 'must be more than that of the tier before' }];
  });
}
