/** Facts that a decision may lack, each with its identifying fields. */
export interface Facts {
  /** Capacity for the tokens that a lane's slice lacks, in µAIT. */
  readonly capacity: { readonly lane: number; readonly lacking: bigint };
  /** Price in force at a time of the lane's clock, in epoch milliseconds. */
  readonly price: { readonly time: number };
  /** Price and market policy in force at such a time, for a purchase made for a charge. */
  readonly marketTerms: { readonly time: number };
  /** Prices posted and withdrawn so far. */
  readonly postedPrices: { readonly time: number };
  /** What the wallet has to do with uses so far; their ids, separated by commas. */
  readonly uses: { readonly lane: number; readonly usageIds: string };
  /**
   * What a wallet charged in periods of subscriptions so far; their names, separated by commas.
   */
  readonly periods: { readonly lane: number; readonly periods: string };
  /** Current record of a purchase. */
  readonly purchase: { readonly purchaseId: string };
  /** Current record of a contradicting payment notice and its purchase. */
  readonly contradiction: { readonly noticeId: string };
}

/**
 * A fact is missing from the command, or outdated. Nothing is decided: the fact is looked up, and
 * the command decided again with it.
 */
export class FactNeeded<Fact extends keyof Facts = keyof Facts> extends Error {
  override readonly name = 'FactNeeded';

  constructor(
    readonly fact: Fact,
    readonly which: Facts[Fact],
  ) {
    const stated = Object.entries(which).map(([name, value]) => `${name} ${value}`);
    super(`fact needed: ${fact}, ${stated.join(', ')}`);
  }
}
