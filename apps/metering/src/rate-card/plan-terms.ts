import { instantOf } from '@tokengrid/contracts';
import {
  isByUse,
  type PlanTerms,
  subscribedVersion,
  subscriptionPeriodAt,
  type SubscriptionPeriod,
  termsOf as planTermsOf,
  type UsePrice,
} from '@tokengrid/rating';
import type { CountedPlan, CountedTerms, PriceList } from '../decisions/rules/terms.ts';
import { type AppFacts, type PlanFacts, type SubscriptionFacts, type VersionFacts } from './facts.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** A plan as a version of its app has it. */
export interface VersionOfPlan {
  readonly version: VersionFacts;
  readonly plan: PlanFacts;
}

/**
 * Part of a subscription's month in which one version of its plan counts: the whole, or from the
 * time on at which the first version that counts took effect.
 */
export interface CountedPart extends VersionOfPlan, SubscriptionPeriod {}

/**
 * A subscription's plan: which version of the app holds for it at a time, and over what it counts.
 */
export class SubscribedPlan {
  constructor(
    private readonly slug: string,
    private readonly app: AppFacts,
    private readonly subscription: SubscriptionFacts,
  ) {}

  /**
   * Terms of the plan for a use at a time; `undefined` if no version in force has the plan.
   */
  at(time: number): PriceList | CountedPlan | undefined {
    const part = this.countedPartAt(time);
    if (part && !this.isInTrial(time)) return this.counted(part);
    const found = part ?? this.versionAt(time);
    if (!found) return undefined;
    const { version, plan } = found;
    const terms = { ...this.list, version: version.version, operatorBps: version.operatorBps };
    return this.isInTrial(time) ? { ...terms, prices: [], isTrial: true } : { ...terms, prices: usePricesOf(plan) };
  }

  /**
   * The part of the subscription's month that a use at a time counts in; `undefined` where each use
   * determines its cost. What is in force as the month begins holds for it; a later version that
   * counts, where that one does not, begins a part of its own.
   */
  countedPartAt(time: number): CountedPart | undefined {
    const month = subscriptionPeriodAt(this.subscription, time);
    const later = this.app.versions
      .flatMap(({ subscriptionsFrom }) => subscriptionsFrom ?? [])
      .filter((from) => from > month.from && from <= time)
      .sort((one, other) => one - other);
    for (const from of [month.from, ...later]) {
      const found = this.versionAt(from);
      if (found && termsOf(found.plan).isCounted) return { ...found, ...month, from };
    }
    return undefined;
  }

  /** End of the free trial: the stated one, or that of the terms at which the party subscribed. */
  get trialUntil(): number {
    const { from, trialUntil } = this.subscription;
    return trialUntil ?? from + (this.versionAt(from)?.plan.trialDays ?? 0) * dayMs;
  }

  /** What was used before the subscription is taken for its beginning. */
  private isInTrial(time: number): boolean {
    return Math.max(time, this.subscription.from) < this.trialUntil;
  }

  /** The subscription's part of a month, as decisions take it. */
  counted({ version, from, until }: CountedPart): CountedPlan {
    const { subscriptionId, planId } = this.subscription;
    const versions = countedBy(this.app, planId);
    const period = { subscriptionId, from: instantOf(from), until: instantOf(until) };
    return { ...this.list, period, version: version.version, versions };
  }

  private get list() {
    const { planId } = this.subscription;
    return { of: `app:${this.slug}:${planId}`, plan: planId, sellerId: this.app.developerId };
  }

  private versionAt(time: number): VersionOfPlan | undefined {
    const version = subscribedVersion(this.app.versions, this.subscription, time);
    const plan = version?.plans.find(({ id }) => id === this.subscription.planId);
    return version && plan && { version, plan };
  }
}

/** Terms of a plan by version, those that count over a period. */
export function countedBy({ versions }: AppFacts, planId: string): ReadonlyMap<number, CountedTerms> {
  const counted = new Map<number, CountedTerms>();
  for (const { version, operatorBps, plans } of versions) {
    const plan = plans.find(({ id }) => id === planId);
    const known = plan && termsOf(plan);
    if (known?.isCounted) counted.set(version, { terms: known.terms, operatorBps });
  }
  return counted;
}

/** Prices of a plan that a use determines by itself. */
export const usePricesOf = (plan: PlanFacts): readonly UsePrice[] => termsOf(plan).terms.byUse;

interface KnownTerms {
  readonly terms: PlanTerms;
  /** Whether packages, tiers, included units, bounds or a meter's kind count over a period. */
  readonly isCounted: boolean;
}

/** Terms of plans that were read, computed once for each. */
const known = new WeakMap<PlanFacts, KnownTerms>();

function termsOf(plan: PlanFacts): KnownTerms {
  let terms = known.get(plan);
  if (!terms) {
    terms = computed(plan);
    known.set(plan, terms);
  }
  return terms;
}

function computed({ prices, minimumCharge, maximumCharge }: PlanFacts): KnownTerms {
  const aggregations = new Map(prices.map(({ meter, aggregation = 'sum' }) => [meter, aggregation]));
  const maximum = maximumCharge === undefined ? undefined : BigInt(maximumCharge);
  const isBounded = minimumCharge !== undefined || maximum !== undefined;
  return {
    terms: planTermsOf({ prices, maximumCharge: maximum }, aggregations),
    isCounted: isBounded || !prices.every((price) => isByUse(price, price.aggregation ?? 'sum')),
  };
}
