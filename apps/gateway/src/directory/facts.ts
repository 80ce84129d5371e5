import type { EventOf, ModelOffered } from '@tokengrid/contracts';

type MeterPrice = EventOf<typeof ModelOffered>['data']['prices'][number];

/** Prices of an offer from a time on. */
interface PriceList {
  readonly version: number;
  /** Epoch milliseconds. */
  readonly effectiveFrom: number;
  readonly prices: readonly MeterPrice[];
}

/** An offer of a model, as the registry's events state it. */
export interface OfferFacts {
  readonly modelId: string;
  readonly providerId: string;
  /** Name of the model by its first spelling. */
  readonly name: string;
  readonly endpoint: string;
  readonly region: string;
  readonly capacity: number | null;
  readonly tokenizer: string | null;
  /** Promises of the provider; null where it makes none. */
  readonly training: boolean | null;
  readonly retentionDays: number | null;
  /** Epoch milliseconds. */
  readonly offeredAt: number;
  /** False if it is suspended or withdrawn, or its provider is suspended. */
  readonly isServed: boolean;
  /** Prices in force and to come, without withdrawn ones, by their time; at least one. */
  readonly priceLists: readonly PriceList[];
}

/** A model that is on offer. */
export interface ListedModel {
  readonly name: string;
  /** Provider of its first offer that is on offer. */
  readonly providerId: string;
  /** Time of that offer; epoch milliseconds. */
  readonly offeredAt: number;
}

/** The version of an app that is in force. */
interface AppVersionFacts {
  readonly version: number;
  /** Epoch milliseconds. */
  readonly effectiveFrom: number;
  readonly endpoint: string;
  /** Scopes that it asks for. */
  readonly scopes: readonly string[];
  /** Meters whose uses the gateway reports. */
  readonly meters: readonly string[];
}

/** An app, as the registry's events state it. */
export interface AppFacts {
  readonly slug: string;
  readonly appId: string;
  readonly developerId: string;
  /** False if it is suspended, or its developer is. */
  readonly isServed: boolean;
  /** True if an event about it can't be read. */
  readonly isHeldBack: boolean;
  /** Versions in force and to come, by their time; none before the first is published. */
  readonly versions: readonly AppVersionFacts[];
}

/** A party's subscription to an app. */
export interface SubscriptionFacts {
  readonly subscriptionId: string;
  readonly planId: string;
  /** Epoch milliseconds; `until` null while it lasts. */
  readonly from: number;
  readonly until: number | null;
  /** Scopes consented to. */
  readonly scopes: readonly string[];
}

/** An entry that takes effect at a time. */
interface Dated {
  /** Epoch milliseconds. */
  readonly effectiveFrom: number;
}

/**
 * Entry in force at a time, of some in the order of their times. Before the first one, that one
 * holds, as it does for charges.
 */
export function inForceAt<T extends Dated>(entries: readonly T[], time: number): T | undefined {
  return entries.findLast(({ effectiveFrom }) => effectiveFrom <= time) ?? entries[0];
}
