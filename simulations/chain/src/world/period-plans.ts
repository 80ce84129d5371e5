import type { Dice } from '@tokengrid/simulation-kit';

/** Meters that do more than add up. */
export const periodMeters = [
  { name: 'peak', unit: 'call', aggregation: 'max' as const },
  { name: 'seats', unit: 'seat', aggregation: 'unique' as const },
  { name: 'stock', unit: 'item', aggregation: 'latest' as const },
];

/** Meters that add up. */
export const useMeters: readonly string[] = ['input_tokens', 'output_tokens', 'gpu_seconds', 'calls'];

/** Plan whose uses count over the months of a subscription. */
export const periodPlan = 'team';

/** Plans with allowances, packages, tiers and bounds: a use may make its period cheaper. */
export class PeriodPlans {
  constructor(private readonly dice: Dice) {}

  /** @param unitPrice a price of at most so many µAIT */
  plan(dearest: number, meters: readonly string[], unitPrice: (dearest: number) => string) {
    const { dice } = this;
    const named = { id: periodPlan, name: 'for teams' };
    // A version whose uses don't count: a later one begins to count within a month.
    if (dice.once(4)) return { ...named, prices: useMeters.map((meter) => perUnit(meter, unitPrice(dearest))) };
    return {
      ...named,
      prices: meters.map((meter) => this.price(meter, () => unitPrice(dearest))),
      ...this.bounds(BigInt(dearest)),
      ...(dice.once(7) && { trialDays: 1 + dice.roll(3) }),
    };
  }

  private bounds(dearest: bigint) {
    const { dice } = this;
    const minimumCharge = dice.once(2) ? dearest * dice.tokens(dice.one([10, 3000])) : undefined;
    const maximumCharge = dice.once(3) ? (minimumCharge ?? 0n) + dearest * dice.tokens(20_000) : undefined;
    return { ...(minimumCharge && { minimumCharge }), ...(maximumCharge !== undefined && { maximumCharge }) };
  }

  private price(meter: string, unitPrice: () => string) {
    const { dice } = this;
    const units = () => String(1 + dice.roll(dice.one([3, 50, 4000])));
    // Mostly used up soon; now and then for as long as the month.
    const included = dice.once(2) ? { includedUnits: dice.once(2) ? units() : String(dice.roll(1_000_000)) } : {};
    switch (dice.roll(4)) {
      case 0:
        return { ...perUnit(meter, unitPrice()), ...included };
      case 1:
        return { meter, model: 'package' as const, unitPrice: unitPrice(), includedUnits: units() };
      case 2:
        return { meter, model: 'graduated' as const, tiers: this.tiers(unitPrice), ...included };
      default:
        return { meter, model: 'volume' as const, tiers: this.volume(unitPrice), ...included };
    }
  }

  /** Mostly cheaper the more is used, so that a use makes those before it cheaper. */
  private volume(unitPrice: () => string) {
    const tiers = this.tiers(unitPrice);
    if (this.dice.once(3)) return tiers;
    const prices = tiers.map((tier) => tier.unitPrice).sort((one, other) => Number(other) - Number(one));
    return tiers.map((tier, index) => ({ ...tier, unitPrice: prices[index]! }));
  }

  /** The last one has no end. */
  private tiers(unitPrice: () => string) {
    const { dice } = this;
    const ends = Array.from({ length: dice.roll(5) }, () => 1 + dice.roll(dice.one([6, 60, 6000, 40_000]))).sort(
      (one, other) => one - other,
    );
    const different = ends.filter((end, index) => end !== ends[index - 1]);
    return [...different.map(String), null].map((upTo) => ({ upTo, unitPrice: unitPrice() }));
  }
}

const perUnit = (meter: string, unitPrice: string) => ({ meter, model: 'per-unit' as const, unitPrice });
