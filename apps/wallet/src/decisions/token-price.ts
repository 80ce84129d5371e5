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

/** A price as it was looked up for a command, and how long it is in force. */
export interface PriceInForce extends TokenPrice {
  /** When the next one that is posted takes effect, in epoch milliseconds; nothing: none is, or nobody looked. */
  readonly until?: number | undefined;
}

/** By the lane's time, the price that a command brings is in force no more: the one of that time has to be looked up. */
export class PriceOutdated extends Error {
  override readonly name = 'PriceOutdated';

  /** @param time by the lane's clock; epoch milliseconds */
  constructor(readonly time: number) {
    super('another price is in force by now');
  }
}

/** @throws PriceOutdated */
export function mustBeInForce({ until }: PriceInForce, time: number): void {
  if (until !== undefined && until <= time) throw new PriceOutdated(time);
}

/** A price that waits for a second person. */
export interface ProposedPrice extends Proposed, Omit<TokenPrice, 'priceVersion'> {
  /** Null: as soon as it is approved. */
  readonly effectiveFrom: string | null;
}

/** How many prices were posted, and which wait. Which of them is in force at a time, a projection knows; commands bring it. */
export interface TokenPrices {
  readonly posted: number;
  /** The oldest first; at most `mostProposals`. */
  readonly proposals: readonly ProposedPrice[];
}

export const tokenPrices: Aggregate<TokenPrices, WalletEvent> = {
  name: 'token-price',
  stateVersion: 2,
  initial: { posted: 0, proposals: [] },
  evolve,
};

function evolve(state: TokenPrices, event: TokenPriceEvent): TokenPrices {
  switch (event.type) {
    case 'TokenPriceSet':
      return { ...state, posted: event.data.priceVersion };
    case 'TokenPriceProposed': {
      const { comparedWith: _, ...proposal } = event.data;
      return { ...state, proposals: [...state.proposals, proposal] };
    }
    case 'TokenPriceApproved':
    case 'TokenPriceRejected':
      return { ...state, proposals: withoutProposal(state.proposals, event.data.approvalId) };
    case 'TokenPriceApprovalRefused':
      return state;
  }
}

const microPerAit = 1_000_000n;

/**
 * What tokens cost, in minor units, rounded up; {@link proceedsOf} rounds down. Rounded to the nearest, a thousand purchases of
 * less than half a unit each would be free, and as many sales would be paid twice.
 */
export const costOf = (tokens: bigint, { buy }: TokenPrice): bigint => (tokens * buy + microPerAit - 1n) / microPerAit;

/** What tokens bring when sold back, in minor units, rounded down. */
export const proceedsOf = (tokens: bigint, { sellBack }: TokenPrice): bigint => (tokens * sellBack) / microPerAit;
