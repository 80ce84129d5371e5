import type { EventOf, RatedUse, SliceClosed, SliceOffered, Units, UsesServed } from '@tokengrid/contracts';
import { ensure } from '@tokengrid/simulation-kit';
import { costOf, type PlanMeter, planMeters, unit, unitsIn } from '../world/plan.ts';

type Counts = Map<PlanMeter, bigint>;

/** A month of a subscription: what was used of it, what slices have set aside, and its charges. */
interface Month {
  readonly used: Counts;
  /** By slice; what it has not used of it. */
  readonly aside: Map<string, Counts>;
  charged: bigint;
}

/** Source of what metering states itself as a slice gives back. */
const givesBack = 'tokengrid:slice';

/**
 * Months of plans that count, from the design's text alone: what is set aside for a slice counts as
 * used, and is nobody else's; a month comes to what was used of it once nothing is set aside.
 */
export class Months {
  private readonly months = new Map<string, Month>();
  /** Units of served uses that were set aside, as their gateway said, by source and id. */
  private readonly free = new Map<string, Units>();

  constructor(private readonly reach: (what: string) => void) {}

  served({ gatewayId, uses }: EventOf<typeof UsesServed>['data']): void {
    for (const { eventId, free } of uses) if (free) this.free.set(`/gateways/${gatewayId} ${eventId}`, free);
  }

  offered({ sliceId, prices, setAside = [] }: EventOf<typeof SliceOffered>['data']): void {
    const free = prices.flatMap(({ prices: ofPlan }) => ofPlan.filter((price) => price.free !== undefined));
    ensure(free.length === 0 || setAside.length === 1, () => `${sliceId} has free units that are not set aside`);
    for (const stated of setAside) {
      const month = this.month(stated);
      const before = this.cost(month);
      const aside = this.asideOf(month, sliceId);
      for (const { meter, value } of stated.change.counted) {
        const named = free.find((price) => price.meter === meter)?.free;
        ensure(
          named !== undefined && unitsIn(named) === value,
          () => `${sliceId} may use ${named} of ${meter}, and ${value} are set aside`,
        );
        add(aside, meter as PlanMeter, value);
      }
      // Else somebody else has these units, or they are not free.
      ensure(this.cost(month) === before, () => `${sliceId} sets aside units that are not free`);
      this.reach('free units set aside');
    }
  }

  /** @returns whether it is of the plan: then its price was checked */
  rated(use: RatedUse): boolean {
    const { counted, source, tokens, usageId } = use;
    if (!counted) return false;
    const month = this.month(counted);
    const before = this.cost(month);
    if (source === givesBack) {
      const [sliceId] = use.eventId.split('/') as [string];
      month.aside.delete(sliceId);
      this.reach('slice gives tokens back');
    } else {
      this.use(month, use);
    }
    const cost = this.cost(month) - before;
    ensure(tokens === cost, () => `${usageId} costs ${tokens}, and its month grows by ${cost}`);
    month.charged += tokens;
    return true;
  }

  private use(month: Month, { units, slice, source, eventId, usageId }: RatedUse): void {
    const aside = slice && month.aside.get(slice.sliceId);
    const free = this.free.get(`${source} ${eventId}`) ?? {};
    for (const meter of planMeters) {
      const stated = units[meter];
      if (stated === undefined) continue;
      const count = meter === 'requests' ? unit : BigInt(stated) * unit;
      add(month.used, meter, count);
      const taken = unitsIn(free[meter] ?? '0');
      // After the end of its slice, nothing is set aside for it any more.
      if (taken === 0n || !aside) continue;
      ensure(taken <= count && taken <= (aside.get(meter) ?? 0n), () => `${usageId} takes ${taken} of ${meter}`);
      add(aside, meter, -taken);
      this.reach('use in place of units set aside');
    }
  }

  closed({ sliceId }: EventOf<typeof SliceClosed>['data']): void {
    for (const month of this.months.values()) {
      if (!month.aside.has(sliceId)) continue;
      const before = this.cost(month);
      month.aside.delete(sliceId);
      ensure(this.cost(month) === before, () => `${sliceId} is closed, and what it gives back is not`);
      this.reach('unused units given back');
    }
  }

  atTheEnd(): void {
    for (const [name, month] of this.months) {
      ensure(month.aside.size === 0, () => `units of ${name} stay aside`);
      ensure(month.charged === this.cost(month), () => `${name} is charged ${month.charged}, not ${this.cost(month)}`);
    }
  }

  private month({ subscriptionId, from }: { readonly subscriptionId: string; readonly from: string }): Month {
    const name = `${subscriptionId} ${from}`;
    const month = this.months.get(name) ?? { used: new Map(), aside: new Map(), charged: 0n };
    if (!this.months.has(name)) {
      this.months.set(name, month);
      if ([...this.months.keys()].some((other) => other !== name && other.startsWith(subscriptionId)))
        this.reach('month after another');
    }
    return month;
  }

  private asideOf(month: Month, sliceId: string): Counts {
    const aside = month.aside.get(sliceId) ?? new Map<PlanMeter, bigint>();
    month.aside.set(sliceId, aside);
    return aside;
  }

  /** What the month's uses cost, as if all that is set aside were used. */
  private cost({ used, aside }: Month): bigint {
    return planMeters.reduce((sum, meter) => {
      const reserved = [...aside.values()].reduce((all, counts) => all + (counts.get(meter) ?? 0n), 0n);
      return sum + costOf(meter, (used.get(meter) ?? 0n) + reserved);
    }, 0n);
  }
}

const add = (counts: Counts, meter: PlanMeter, count: bigint) => counts.set(meter, (counts.get(meter) ?? 0n) + count);
