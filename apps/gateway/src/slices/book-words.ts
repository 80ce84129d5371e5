import type { SliceUse } from '@tokengrid/contracts';
import type { SpendingEnd, UnpayableCause } from '../serving/purse.ts';
import type { PriceList } from './price-list.ts';
import type { Ask } from './slice.ts';
import type { SpentUse } from './spendings.ts';

/** What became of a request that waited. */
export interface Settlement {
  readonly requestId: string;
  /** Why it is not paid; absent: its tokens are set aside. */
  readonly refusal: UnpayableCause | undefined;
}

/** A running request that ends: its slice is called back, or can't be spent any more. */
export interface Cut {
  readonly requestId: string;
  readonly why: SpendingEnd;
}

/** What the process does next for a book. */
export type Action =
  | { readonly kind: 'ask'; readonly sliceId: string; readonly ask: Ask }
  | {
      readonly kind: 'return';
      readonly sliceId: string;
      readonly reason: 'idle' | 'recalled' | 'ended';
      /** Uses of requests that were cut off with it. */
      readonly uses: readonly SpentUse[];
    };

/** Times in milliseconds. */
export interface BookLimits {
  /** Longest wait of a request for tokens. */
  readonly waitMs: number;
  /** Time that cut-off requests have to finish before their slice is given back. */
  readonly finishMs: number;
  /** Time for which requests go on where a slice's tokens are needed elsewhere. */
  readonly neededMs: number;
  /** Time in which a recall of other slices may follow a refusal. */
  readonly settleMs: number;
  /** Time for which a refusal of the wallet holds for the requests that come. */
  readonly refusalMs: number;
  /** Pause between requests for more that no request waits for, after a refusal. */
  readonly retryMs: number;
  /** Longest time for which metering closes a slice that was given back. */
  readonly closedMs: number;
  /** Time before the end of a slice at which it is renewed. */
  readonly renewBeforeMs: number;
  /** Least µAIT that a slice should have, and what a request is taken to need without prices. */
  readonly firstTokens: bigint;
}

/** What a book asks its process. */
export interface BookSurroundings {
  readonly newSliceId: () => string;
  /** Prices of a use as a slice of this process was last offered them. */
  readonly lastList: (use: SliceUse) => PriceList | undefined;
  /** True while other slices of a wallet are called back, because a slice lacked tokens. */
  readonly recallsOthers: (walletId: string, now: number) => boolean;
  /** Time until which this process may spend; epoch milliseconds. */
  readonly spendsUntil: () => number;
}

/** A refusal of the wallet, and when it came; epoch milliseconds. */
export interface WalletsRefusal {
  readonly why: UnpayableCause;
  readonly at: number;
  readonly walletId: string | undefined;
  /** Uses that it has no tokens for. */
  readonly of: readonly SliceUse[] | 'all';
}
