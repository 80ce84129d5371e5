import type { Dice } from '@tokengrid/simulation-kit';

/** Meters that do more than add up. */
export const periodMeters = [
  { name: 'peak', unit: 'call', aggregation: 'max' as const },
  { name: 'seats', unit: 'seat', aggregation: 'unique' as const },
  { name: 'stock', unit: 'item', aggregation: 'latest' as const },
];

/** Plan whose uses count over the months of a subscription. */
export const periodPlan = 'team';

/** Whether uses are counted and free days given: until metering does, such uses would wait. */
export const countsOverPeriods = true;

/**
 * Whether a use may make its period cheaper: as soon as the wallet gives tokens back, it does here.
 */
const mayGiveBack = false;

/** Plans with allowances, packages, tiers and bounds. */
export class PeriodPlans {
  constructor(private readonly dice: Dice) {}

  /** @param unitPrice a price of at most so many µAIT */
  plan(dearest: number, meters: readonly string[], unitPrice: (dearest: number) => string) {
    const { dice } = this;
    return {
      ...{ id: periodPlan, name: 'for teams' },
      prices: meters
        .filter((meter) => mayGiveBack || meter !== 'stock')
        .map((meter) => this.price(meter, () => unitPrice(dearest))),
      ...(dice.once(3) && { maximumCharge: BigInt(dearest) * dice.tokens(20_000) }),
      ...(dice.once(4) && { trialDays: 1 + dice.roll(3) }),
    };
  }

  private price(meter: string, unitPrice: () => string) {
    const { dice } = this;
    const units = () => String(1 + dice.roll(dice.one([3, 50, 4000])));
    const included = dice.once(2) ? { includedUnits: units() } : {};
    switch (dice.roll(4)) {
      case 0:
        return { meter, model: 'per-unit' as const, unitPrice: unitPrice(), ...included };
      case 1:
        return { meter, model: 'package' as const, unitPrice: unitPrice(), includedUnits: units() };
      case 2:
        return { meter, model: 'graduated' as const, tiers: this.tiers(unitPrice), ...included };
      default:
        return { meter, model: 'volume' as const, tiers: this.volumeTiers(unitPrice), ...included };
    }
  }

  private volumeTiers(unitPrice: () => string) {
    const tiers = this.tiers(unitPrice);
    if (mayGiveBack) return tiers;
    const prices = tiers.map((tier) => tier.unitPrice).sort((one, other) => Number(one) - Number(other));
    return tiers.map((tier, index) => ({ ...tier, unitPrice: prices[index]! }));
  }

  /** The last one has no end. */
  private tiers(unitPrice: () => string) {
    const { dice } = this;
    const ends = Array.from({ length: dice.roll(4) }, () => 1 + dice.roll(dice.one([6, 60, 6000]))).sort(
      (one, other) => one - other,
    );
    const different = ends.filter((end, index) => end !== ends[index - 1]);
    return [...different.map(String), null].map((upTo) => ({ upTo, unitPrice: unitPrice() }));
  }
}
