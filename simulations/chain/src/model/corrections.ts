import type { CountedUses } from './counted-uses.ts';
import { changeOf, type CountedUse } from './period-costs.ts';
import { asCounted, type Earner, rateBy, type Rated, sharesOf, type Use, type UseTerms } from './rating.ts';

/** Price and shares of a use with all its corrections. */
export interface Standing {
  readonly tokens: bigint;
  readonly earners: readonly Earner[];
  /** Subsidy: tokens from the developer to the provider. */
  readonly subsidy: bigint;
}

/** Signed differences that a correction makes. */
export type Difference = Standing;

/** A use, with what has become of it. */
export class CorrectedUse {
  private standing: Standing;
  /** `undefined`: it is void. */
  private units: Use['units'] | undefined;
  /** Corrections so far. */
  number = 0;

  constructor(
    readonly use: Use,
    readonly terms: UseTerms,
    rated: Rated,
  ) {
    const { tokens, earners, subsidy } = rated;
    this.standing = { tokens, earners, subsidy: subsidy?.tokens ?? 0n };
    this.units = use.units;
  }

  get now(): Standing {
    return this.standing;
  }

  get unitsNow(): Use['units'] | undefined {
    return this.units;
  }

  get isVoid(): boolean {
    return this.units === undefined;
  }

  /** Whether it was free, and its void would give something back of its period. */
  wouldGiveBack(counted: CountedUses): boolean {
    if (this.number > 0 || this.standing.tokens !== 0n || !this.period) return false;
    const { uses, least } = counted.in(this.period.subscriptionId, this.period.from);
    return changeOf(this.terms.app!.terms, uses, this.without(uses), least).tokens < 0n;
  }

  /**
   * Gives the use other units, or none: then it never was. It keeps its time and its terms. Where
   * it counts in a period, the period's total changes by what the use's history changes, and its
   * shares are those of what the use comes to now, less what was said before.
   *
   * A use in free days costs nothing, however often it is corrected; its model's cost changes.
   */
  correct(units: Use['units'] | undefined, counted: CountedUses): Difference {
    const before = this.standing;
    const after = this.after(units, counted);
    this.standing = after;
    this.units = units;
    this.number += 1;
    return {
      tokens: after.tokens - before.tokens,
      earners: lessThan(after.earners, before.earners),
      subsidy: after.subsidy - before.subsidy,
    };
  }

  /** The period in which it counts, if any. */
  private get period() {
    return this.terms.app?.isTrial ? undefined : this.terms.app?.period;
  }

  private without(uses: readonly CountedUse[]): readonly CountedUse[] {
    return uses.filter(({ usageId }) => usageId !== this.use.usageId);
  }

  private after(units: Use['units'] | undefined, counted: CountedUses): Standing {
    const use = units && { ...this.use, units };
    const { period } = this;
    if (!period) return use ? standingOf(rateBy(this.terms, use, counted)) : nothing;
    const { uses, least } = counted.in(period.subscriptionId, period.from);
    const others = this.without(uses);
    const replaced = use ? [...others, asCounted(use)] : others;
    const { tokens: change } = changeOf(this.terms.app!.terms, uses, replaced, least);
    counted.replace(period.subscriptionId, period.from, this.use.usageId!, use && asCounted(use));
    const tokens = this.standing.tokens + change;
    const modelCost = use && this.terms.model ? rateBy(this.terms, use, counted).cost!.tokens : 0n;
    return standingOf({ tokens, ...sharesOf(tokens, this.terms.sellers, modelCost) });
  }
}

const nothing: Standing = { tokens: 0n, earners: [], subsidy: 0n };

const standingOf = ({ tokens, earners, subsidy }: Pick<Rated, 'tokens' | 'earners' | 'subsidy'>): Standing => ({
  ...{ tokens, earners, subsidy: subsidy?.tokens ?? 0n },
});

/** Earners by role and party: what these have more than those, or less. */
function lessThan(these: readonly Earner[], those: readonly Earner[]): readonly Earner[] {
  const sums = new Map<string, Earner>();
  const add = ({ role, partyId, tokens }: Earner, sign: bigint) => {
    const name = `${role} ${partyId}`;
    sums.set(name, { role, partyId, tokens: (sums.get(name)?.tokens ?? 0n) + sign * tokens });
  };
  for (const each of these) add(each, 1n);
  for (const each of those) add(each, -1n);
  return [...sums.values()].filter(({ tokens }) => tokens !== 0n);
}
