import type { TokenPriceEvent, WalletEvent } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';
import type { Proposed } from './approvals.ts';
import { withoutProposal } from './approvals.ts';

/** Stream of the operator's posted prices. */
export const tokenPriceStreamId = 'token-price';

/** The operator's prices for selling a token and for buying it back. */
export interface TokenPrice {
  readonly priceVersion: number;
  readonly currency: string;
  /** Minor units per AIT (1,000,000 µAIT), as is `sellBack`. */
  readonly buy: bigint;
  readonly sellBack: bigint;
}

/** An open proposal of a price. */
interface ProposedPrice extends Proposed, Omit<TokenPrice, 'priceVersion'> {
  /** Null: in force once approved. */
  readonly effectiveFrom: string | null;
}

/** A price posted with effect from a later time. */
export interface AnnouncedPrice {
  readonly priceVersion: number;
  /** Epoch milliseconds. */
  readonly effectiveFrom: number;
}

/** Maximum number of announced prices whose time has not come. */
export const mostAnnounced = 100;

/** Maximum number of prices to come, withdrawn ones included, which are kept until their time. */
export const mostToCome = 1000;

/**
 * Number of posted prices, the announced and withdrawn ones, and open proposals. A projection knows
 * the price in force, and commands bring it.
 */
export interface TokenPriceList {
  readonly posted: number;
  /** Currency of the ledger, from the first price; null without a price that was not withdrawn. */
  readonly currency: string | null;
  /**
   * Prices with the latest times of effect, at most {@link mostAnnounced}; some may be in force.
   */
  readonly announced: readonly AnnouncedPrice[];
  /** Number of prices ever withdrawn. */
  readonly withdrawals: number;
  /** Withdrawn prices with the latest times of effect, including all whose time has not come. */
  readonly withdrawn: readonly AnnouncedPrice[];
  /** The oldest first, at most `mostProposals`. */
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

/** At the maximum, the price with the earliest time of effect is dropped, which is in the past. */
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
    // A price in force can't be withdrawn, so nothing was bought if all prices were withdrawn.
    currency: withdrawals === state.posted ? null : state.currency,
  };
}
