import type { TokenPriceEvent, WalletEvent } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';
import type { Proposed } from './approvals.ts';
import { withoutProposal } from './approvals.ts';

/** The stream of all prices that the operator posts. */
export const tokenPriceStreamId = 'token-price';

/** What the operator sells a token for, and buys it back for. */
export interface TokenPrice {
  readonly priceVersion: number;
  readonly currency: string;
  /** Minor units per AIT (1,000,000 µAIT), as is `sellBack`. */
  readonly buy: bigint;
  readonly sellBack: bigint;
}

/** A price that waits for a second person. */
interface ProposedPrice extends Proposed, Omit<TokenPrice, 'priceVersion'> {
  /** Null: in force once approved. */
  readonly effectiveFrom: string | null;
}

/** A price that was posted for a time to come. */
export interface AnnouncedPrice {
  readonly priceVersion: number;
  /** Epoch milliseconds. */
  readonly effectiveFrom: number;
}

/** Announced prices whose time has not come. */
export const mostAnnounced = 100;

/** The same including prices withdrawn before their time, which are remembered until then. */
export const mostToCome = 1000;

/**
 * How many prices were posted, which can be withdrawn or were, and which wait. Which of them is in
 * force at a time, a projection knows; commands bring it.
 */
export interface TokenPriceList {
  readonly posted: number;
  /** Of the ledger: that of the first price; null before there is one that was not withdrawn. */
  readonly currency: string | null;
  /** Those that take effect last, at most {@link mostAnnounced}; the time of some may have come. */
  readonly announced: readonly AnnouncedPrice[];
  /** How many were withdrawn, ever. */
  readonly withdrawals: number;
  /** Those that were withdrawn and would take effect last: all whose time has not come. */
  readonly withdrawn: readonly AnnouncedPrice[];
  /** The oldest first; at most `mostProposals`. */
  readonly proposals: readonly ProposedPrice[];
}

export const tokenPrices: Aggregate<TokenPriceList, WalletEvent> = {
  name: 'token-price',
  stateVersion: 4,
  initial: { posted: 0, currency: null, announced: [], withdrawals: 0, withdrawn: [], proposals: [] },
  evolve,
};

function evolve(state: TokenPriceList, event: TokenPriceEvent): TokenPriceList {
  switch (event.type) {
    case 'TokenPriceSet':
      return withPrice(state, event.data);
    case 'TokenPriceWithdrawn':
      return withoutPrice(state, event.data.priceVersion);
    case 'TokenPriceProposed': {
      const { comparedWith: _, ...proposal } = event.data;
      return { ...state, proposals: [...state.proposals, proposal] };
    }
    case 'TokenPriceApproved':
    case 'TokenPriceRejected':
      return { ...state, proposals: withoutProposal(state.proposals, event.data.approvalId) };
    case 'TokenPriceApprovalRefused':
    case 'TokenPriceRefused':
    case 'TokenPriceWithdrawalRefused':
      return state;
  }
}

interface PostedPrice {
  readonly priceVersion: number;
  readonly currency: string;
  readonly effectiveFrom: string;
}

/** Where as many are kept as may be, those that take effect first go: their time has come. */
function withPrice(state: TokenPriceList, { priceVersion, currency, effectiveFrom }: PostedPrice): TokenPriceList {
  const announced = [...state.announced, { priceVersion, effectiveFrom: Date.parse(effectiveFrom) }]
    .sort(byTime)
    .slice(-mostAnnounced);
  return { ...state, posted: priceVersion, currency: state.currency ?? currency, announced };
}

const byTime = (a: AnnouncedPrice, b: AnnouncedPrice): number => a.effectiveFrom - b.effectiveFrom;

function withoutPrice(state: TokenPriceList, priceVersion: number): TokenPriceList {
  const isIt = (price: AnnouncedPrice) => price.priceVersion === priceVersion;
  const withdrawals = state.withdrawals + 1;
  return {
    ...state,
    withdrawals,
    withdrawn: [...state.withdrawn, ...state.announced.filter(isIt)].sort(byTime).slice(-mostToCome),
    announced: state.announced.filter((price) => !isIt(price)),
    // Of prices that were in force none can be withdrawn: where all were, nothing was ever bought.
    currency: withdrawals === state.posted ? null : state.currency,
  };
}
