import type { Manifest } from '@tokengrid/contracts';
import type { Aggregation, PlanPrice, UsePrice } from '@tokengrid/rating';

/** An offer's price list, and its start. */
export interface OfferPrices {
  readonly version: number;
  /** The operator's share at these prices. */
  readonly operatorBps: number;
  /** Epoch milliseconds. */
  readonly effectiveFrom: number;
  readonly prices: readonly UsePrice[];
  /** True if it was announced and withdrawn: known, but never in force. */
  readonly withdrawn?: boolean;
}

/** A time from which something is not on offer; epoch milliseconds, `until` null while it lasts. */
export interface Pause {
  readonly from: number;
  readonly until: number | null;
}

/** An offer of a model. */
export interface OfferFacts {
  /** Its id. */
  readonly offer: string;
  readonly providerId: string;
  /** Shown in reports; no price depends on it. */
  readonly region?: string;
  readonly prices: readonly OfferPrices[];
  /** Suspensions, and its withdrawal, which has no end. */
  readonly pauses: readonly Pause[];
  /** True if an event about it can't be read: a price or a pause may be missing. */
  readonly isHeldBack?: boolean;
}

/** Price of a meter in a plan, and the aggregation of the meter. */
interface MeteredPrice extends PlanPrice {
  /** `sum`, unless said. */
  readonly aggregation?: Aggregation | undefined;
}

/** Part of a plan that rating needs. */
export interface PlanFacts {
  readonly id: string;
  readonly trialDays?: number | undefined;
  /** Least and most that a period comes to, µAIT as decimal strings. */
  readonly minimumCharge?: string | undefined;
  readonly maximumCharge?: string | undefined;
  readonly prices: readonly MeteredPrice[];
}

/** Who reports the uses of a meter. */
export type MeterReporter = NonNullable<Manifest['meters'][number]['reportedBy']>;

/** A published version, and the start of its prices. */
export interface VersionFacts {
  readonly version: number;
  /** Epoch milliseconds. */
  readonly effectiveFrom: number;
  /** From when on earlier subscriptions have its terms; null: never. */
  readonly subscriptionsFrom: number | null;
  readonly operatorBps: number;
  readonly plans: readonly PlanFacts[];
  /** Models that the app uses: a developer reports no others. */
  readonly models: readonly string[];
  /** Reporters of meters that name one. */
  readonly reporters: Readonly<Record<string, MeterReporter>>;
  /** Epoch milliseconds; absent while it takes subscriptions. */
  readonly deprecatedAt?: number | undefined;
  /** True if it was announced and withdrawn: known, but never in force. */
  readonly withdrawn?: boolean;
}

/** An app; without versions until one is published. */
export interface AppFacts {
  readonly developerId: string;
  readonly versions: readonly VersionFacts[];
  readonly pauses: readonly Pause[];
  /** True if an event about it can't be read: a price or a pause may be missing. */
  readonly isHeldBack?: boolean;
}

/** A party's subscription to an app; epoch milliseconds, `until` null while it lasts. */
export interface SubscriptionFacts {
  readonly subscriptionId: string;
  readonly planId: string;
  /** Version that the catalogue showed. */
  readonly version: number;
  readonly from: number;
  readonly until: number | null;
  /** End of its trial; absent: as the plan says. */
  readonly trialUntil?: number | undefined;
  /** API key of the party that subscribed, if any. */
  readonly key?: string | undefined;
  /** True if an event about it can't be read: it may have ended, or have another plan. */
  readonly isHeldBack?: boolean;
}

/** Known facts about some parties, apps and models, from other services' events. */
export interface Facts {
  /**
   * Epoch milliseconds up to which no price can be missing: what was read of the registry, and the
   * notice of new prices.
   */
  readonly pricesKnownUntil: number;
  readonly parties: ReadonlySet<string>;
  /** Shared wallets that members of them joined last, by the member's party. */
  readonly sharedWallets?: ReadonlyMap<string, string>;
  /** Owners of API keys, by the key's id. */
  readonly keys: ReadonlyMap<string, string>;
  /** Offers by the model's name. */
  readonly models: ReadonlyMap<string, readonly OfferFacts[]>;
  readonly apps: ReadonlyMap<string, AppFacts>;
  /** By {@link subscriptionKey}. */
  readonly subscriptions: ReadonlyMap<string, readonly SubscriptionFacts[]>;
}

/** Key of a party's subscriptions to an app in {@link Facts}. */
export function subscriptionKey(slug: string, partyId: string): string {
  return `${slug}:${partyId}`;
}

/**
 * The subscription in force at a time; at a boundary the later one. The first one also covers
 * earlier uses, which were reported before it arrived here and waited for it.
 */
export function subscriptionAt(
  facts: Facts,
  slug: string,
  partyId: string,
  time: number,
): SubscriptionFacts | undefined {
  const all = facts.subscriptions.get(subscriptionKey(slug, partyId)) ?? [];
  const first = Math.min(...all.map(({ from }) => from));
  return latestFrom(
    all.filter(({ from, until }) => (from <= time || from === first) && (until === null || time < until)),
    ({ from }) => from,
  );
}

/** A subscription that a payer had at a time, without those that only cover it afterwards. */
export function consentAt(facts: Facts, slug: string, partyId: string, time: number): SubscriptionFacts | undefined {
  const all = facts.subscriptions.get(subscriptionKey(slug, partyId)) ?? [];
  return latestFrom(
    all.filter(({ from, until }) => from <= time && (until === null || time < until)),
    ({ from }) => from,
  );
}

/** True if something was not on offer at a time. */
export function isPausedAt(pauses: readonly Pause[], time: number): boolean {
  return pauses.some(({ from, until }) => from <= time && (until === null || time < until));
}

/** An entry that takes effect at a time, unless it was withdrawn before. */
type Dated = { readonly effectiveFrom: number; readonly withdrawn?: boolean };

/**
 * Entries in force by a time, without withdrawn ones. Before the first price list, the first one
 * applies: a use reported before its model or app was known waits for it, and is rated when it
 * arrives (domain.md, metering), though it was used earlier.
 */
export function inForceAt<T extends Dated>(all: readonly T[], at: number): readonly T[] {
  const entries = all.filter(({ withdrawn }) => !withdrawn);
  const inForce = entries.filter(({ effectiveFrom }) => effectiveFrom <= at);
  if (inForce.length > 0) return inForce;
  const first = Math.min(...entries.map(({ effectiveFrom }) => effectiveFrom));
  return entries.filter(({ effectiveFrom }) => effectiveFrom === first);
}

/** The entry that took effect last. */
export function latestFrom<T>(entries: readonly T[], from: (entry: T) => number): T | undefined {
  return entries.reduce<T | undefined>((last, entry) => (last && from(last) > from(entry) ? last : entry), undefined);
}

/** The plans of a manifest. A price's meter counts as the manifest declares it. */
export function plansOf({ meters, plans }: Pick<Manifest, 'meters' | 'plans'>): PlanFacts[] {
  const aggregations = new Map(meters.map(({ name, aggregation }) => [name, aggregation]));
  return plans.map(({ id, trialDays, minimumCharge, maximumCharge, prices }) => ({
    ...{ id, trialDays, minimumCharge: minimumCharge?.toString(), maximumCharge: maximumCharge?.toString() },
    prices: prices.map((price) => ({ ...price, aggregation: aggregations.get(price.meter) })),
  }));
}
