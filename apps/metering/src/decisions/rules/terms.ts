import type { UsePrice } from '@tokengrid/rating';

/** One price list of the rate card, in force at a use's time. */
export interface PriceList {
  /** `model:<name>` or `app:<slug>:<plan>`. */
  readonly of: string;
  /** Offer of the model. */
  readonly offer?: string;
  /** Plan of the app. */
  readonly plan?: string;
  readonly version: number;
  readonly prices: readonly UsePrice[];
  /** The operator's fee, in basis points of gross. */
  readonly operatorBps: number;
  /** Seller at these prices: the model's provider, or the app's developer. */
  readonly sellerId: string;
}

/**
 * Terms of a use: the price lists in force at its time for everything that it names, at least one;
 * or the first named thing that is unknown here, as `model:<name>`, `app:<slug>`, `party:<id>`,
 * `key:<party>:<id>`, `subscription:<slug>:<party>` or `plan:<slug>:<plan>`; or `offer:<model>`, one of several
 * offers of a model, or what was not on offer then, as `suspended:<slug, model or offer>`.
 */
export type Terms =
  | { readonly known: true; readonly app?: PriceList; readonly model?: PriceList }
  | { readonly known: false; readonly waitsFor: string };

/** {@link Terms} of a use that can be rated. */
export type KnownTerms = Extract<Terms, { readonly known: true }>;
