/** A published version of an app; times are epoch milliseconds. */
export interface PublishedVersion {
  readonly version: number;
  readonly effectiveFrom: number;
  /** From when on earlier subscriptions have its terms; null: never. */
  readonly subscriptionsFrom: number | null;
  /** Absent while it takes subscriptions. */
  readonly deprecatedAt?: number | undefined;
  /** True if it was announced and withdrawn. */
  readonly withdrawn?: boolean | undefined;
  readonly plans: readonly { readonly id: string }[];
}

/** A subscription to a version that the catalogue showed. */
export interface VersionedSubscription {
  readonly planId: string;
  readonly version: number;
  readonly from: number;
}

/**
 * Version by which a subscription is charged at a time: the one that the catalogue showed to it,
 * until a later one that has the plan is in force for earlier subscriptions, too. A version that
 * was deprecated before that, or before the subscription, never is.
 */
export function subscribedVersion<Version extends PublishedVersion>(
  versions: readonly Version[],
  { planId, version, from }: VersionedSubscription,
  at: number,
): Version | undefined {
  const own = versions.find((each) => each.version === version);
  if (!own) return undefined;
  const later = versions.filter(
    ({ withdrawn, effectiveFrom, subscriptionsFrom, deprecatedAt = Infinity, plans }) =>
      !withdrawn &&
      effectiveFrom > own.effectiveFrom &&
      subscriptionsFrom !== null &&
      subscriptionsFrom <= at &&
      Math.max(subscriptionsFrom, from) < deprecatedAt &&
      plans.some(({ id }) => id === planId),
  );
  return later.reduce((last, each) => (each.effectiveFrom > last.effectiveFrom ? each : last), own);
}
