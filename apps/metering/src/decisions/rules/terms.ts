import type { PlanTerms, UsePrice } from '@tokengrid/rating';

/** One price list of the rate card, by which each use is priced by itself. */
export interface PriceList {
  /** `model:<name>` or `app:<slug>:<plan>`. */
  readonly of: string;
  /** Offer of the model. */
  readonly offer?: string;
  /** Plan of the app. */
  readonly plan?: string;
  readonly version: number;
  readonly prices: readonly UsePrice[];
  /** True in a free trial, in which nothing is priced. */
  readonly isTrial?: true;
  /** The operator's fee, in basis points of gross. */
  readonly operatorBps: number;
  /** Seller at these prices: the model's provider, or the app's developer. */
  readonly sellerId: string;
}

/** A plan whose prices count over a period of the payer's subscription to the app. */
export interface CountedPlan extends Pick<PriceList, 'of' | 'sellerId'> {
  readonly plan: string;
  readonly period: PeriodOfPlan;
  /** Version that holds for the period, unless another one began to. */
  readonly version: number;
  /** The plan's terms by version, those that count. */
  readonly versions: ReadonlyMap<number, CountedTerms>;
}

/** Period of a subscription, the times as in events. */
interface PeriodOfPlan {
  readonly subscriptionId: string;
  readonly from: string;
  readonly until: string;
}

/** Terms of one version of a counted plan. */
export interface CountedTerms {
  readonly terms: PlanTerms;
  readonly operatorBps: number;
}

/**
 * Terms of a use: the price lists in force at its time for everything that it names, at least one;
 * or the first named thing that is unknown here, as `model:<name>`, `app:<slug>`, `party:<id>`,
 * `key:<party>:<id>`, `subscription:<slug>:<party>` or `plan:<slug>:<plan>`; or `offer:<model>`,
 * one of several offers of a model, or what was not on offer then, as `suspended:<slug, model or
 * offer>`.
 */
export type Terms =
  | {
      readonly known: true;
      readonly app?: PriceList | CountedPlan;
      readonly model?: PriceList;
      /** Shared wallet of which the payer is a member. */
      readonly memberOf?: string;
    }
  | { readonly known: false; readonly waitsFor: string };

/** {@link Terms} of a use that can be rated. */
export type KnownTerms = Extract<Terms, { readonly known: true }>;

/** Whether a list counts over a period. */
export const isCounted = (list: PriceList | CountedPlan): list is CountedPlan => 'period' in list;
