import { instantOf, TokenPriceApprovalRefused, TokenPriceProposed, TokenPriceRefused } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Proposed } from '../state/approvals.ts';
import { mostProposals } from '../state/approvals.ts';
import { priceTakesApproval } from '../rules/approvals.ts';
import type { MarketPolicy } from '../state/market-policies.ts';
import { setTokenPrice, type SetTokenPrice } from './set-token-price.ts';
import { type TokenPrice, type TokenPriceList } from '../state/token-prices.ts';
import { postingRefusal } from '../rules/token-prices.ts';
import type { WalletLane } from '../state/wallet-lane.ts';
import type { Decided } from '../rules/decided.ts';

/** The prices that a command brings are not those of now: they have to be looked up again. */
export class PricesOutdated extends Error {
  override readonly name = 'PricesOutdated';
}

/** Prices as they were looked up for a command. */
export interface KnownPrices {
  /** When they were looked up; epoch milliseconds. */
  readonly at: number;
  /** How many had been posted, and how many of them withdrawn. */
  readonly posted: number;
  readonly withdrawn: number;
  /**
   * The one in force then, if any, and those posted for later and not withdrawn, in the order in
   * which they take effect; epoch milliseconds.
   */
  readonly since: readonly (TokenPrice & { readonly effectiveFrom: number })[];
}

export interface PostTokenPrice extends SetTokenPrice, Proposed {
  readonly policy: MarketPolicy;
  readonly known: KnownPrices;
}

/**
 * Posts a price where one person may; what changes it further waits for a second one. It is
 * compared with the price that is in force when it would take effect, or, before any is, with the
 * first that will be. Refused, in this order, in another currency than the ledger's, where too many
 * are announced, and where as much waits as may.
 * @throws PricesOutdated where a price was posted or withdrawn after they were looked up, or they
 * were looked up at a time to come
 */
export function postTokenPrice(
  prices: TokenPriceList,
  posting: PostTokenPrice,
  context: DecisionContext<WalletLane>,
): Decided<'postTokenPrice'> {
  const { approvalId, by, people, currency, buy, sellBack, effectiveFrom, policy, known } = posting;
  if (known.at > context.time) throw new PricesOutdated('the clock was stepped back meanwhile');
  if (known.posted !== prices.posted) throw new PricesOutdated('another price was posted meanwhile');
  if (known.withdrawn !== prices.withdrawals) throw new PricesOutdated('a price was withdrawn meanwhile');
  const barred = postingRefusal(prices, posting, context.time);
  if (barred) return [TokenPriceRefused({ currency, buy, sellBack, ...barred })];
  const from = Math.max(effectiveFrom ?? context.time, context.time);
  const before = known.since.findLast((price) => price.effectiveFrom <= from) ?? known.since[0];
  if (!before || !priceTakesApproval(before, posting, policy)) return [...setTokenPrice(prices, posting, context)];
  const proposed = { approvalId, by };
  if (prices.proposals.length >= mostProposals) {
    return [TokenPriceApprovalRefused({ ...proposed, action: 'propose', code: 'WALLET.TOO_MANY_APPROVALS' })];
  }
  const terms = { currency, buy, sellBack, effectiveFrom: effectiveFrom === undefined ? null : instantOf(from) };
  return [TokenPriceProposed({ ...proposed, people: [...people], ...terms, comparedWith: before.priceVersion })];
}
