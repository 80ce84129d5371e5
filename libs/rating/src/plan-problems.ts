import { largestAmount, type ManifestFault, mostSeats } from '@tokengrid/contracts';
import { feeOfMonth } from './fee.ts';
import type { PlanPrice, PriceTier } from './price.ts';

/** The parts of a plan that are charged by. */
export interface CheckedPlan {
  readonly prices: readonly PlanPrice[];
  readonly monthlyFee?: bigint | undefined;
  readonly seatFee?: bigint | undefined;
  readonly minimumCharge?: bigint | undefined;
  readonly maximumCharge?: bigint | undefined;
}

/**
 * Problems of a plan whose fields are well formed each. A plan without one can be charged by.
 * @param at pointer of the plan
 */
export function planProblems(plan: CheckedPlan, at: string): ManifestFault[] {
  const { prices, monthlyFee = 0n, seatFee = 0n, minimumCharge, maximumCharge } = plan;
  const meters = prices.map(({ meter }) => meter);
  const problems = prices.flatMap((price, index): ManifestFault[] => {
    const pointer = `${at}/prices/${index}`;
    const isRepeated = meters.indexOf(price.meter) < index;
    return [
      ...priceProblems(price, pointer),
      ...(isRepeated ? [{ code: 'APP_REGISTRY.METER_PRICED_TWICE', pointer: `${pointer}/meter` } as const] : []),
    ];
  });
  if (minimumCharge !== undefined && maximumCharge !== undefined && minimumCharge > maximumCharge) {
    problems.push({ code: 'APP_REGISTRY.MINIMUM_ABOVE_MAXIMUM', pointer: `${at}/minimumCharge` });
  }
  if (feeOfMonth({ monthlyFee, seatFee }, mostSeats) > largestAmount) {
    problems.push({ code: 'APP_REGISTRY.FEES_TOO_LARGE', pointer: `${at}/seatFee` });
  }
  return problems;
}

function priceProblems(price: PlanPrice, at: string): ManifestFault[] {
  const { model: priceModel, unitPrice, tiers, includedUnits = '0' } = price;
  const problem = (field: string, code: ManifestFault['code']) => ({ code, pointer: `${at}/${field}`, priceModel });
  if (priceModel === 'graduated' || priceModel === 'volume') {
    return [
      ...(unitPrice === undefined ? [] : [problem('unitPrice', 'APP_REGISTRY.UNIT_PRICE_MISPLACED')]),
      ...(tiers === undefined || tiers.length === 0
        ? [problem('tiers', 'APP_REGISTRY.TIERS_MISSING')]
        : tierProblems(tiers, `${at}/tiers`)),
    ];
  }
  return [
    ...(tiers === undefined ? [] : [problem('tiers', 'APP_REGISTRY.TIERS_MISPLACED')]),
    ...(unitPrice === undefined ? [problem('unitPrice', 'APP_REGISTRY.UNIT_PRICE_MISSING')] : []),
    ...(priceModel === 'package' && includedUnits === '0'
      ? [{ code: 'APP_REGISTRY.PACKAGE_SIZE_MISSING', pointer: `${at}/includedUnits` } as const]
      : []),
  ];
}

/** Tiers that rise cover every quantity once: each begins where the one before ends. */
function tierProblems(tiers: readonly PriceTier[], at: string): ManifestFault[] {
  return tiers.flatMap(({ upTo }, index): ManifestFault[] => {
    const pointer = `${at}/${index}/upTo`;
    if (index === tiers.length - 1) {
      return upTo === null ? [] : [{ code: 'APP_REGISTRY.LAST_TIER_ENDS', pointer }];
    }
    if (upTo === null) return [{ code: 'APP_REGISTRY.TIER_WITHOUT_END', pointer }];
    const before = index === 0 ? null : tiers[index - 1]!.upTo;
    const rises = before === null || BigInt(before) < BigInt(upTo);
    return rises ? [] : [{ code: 'APP_REGISTRY.TIERS_NOT_RISING', pointer }];
  });
}
