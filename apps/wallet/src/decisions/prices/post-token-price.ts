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
import { FactNeeded } from '../state/facts.ts';

/** Prices looked up for a command. */
export interface KnownPrices {
  /** Time of the look-up, in epoch milliseconds. */
  readonly at: number;
  /** Number of prices posted, and number of those withdrawn, at the look-up. */
  readonly posted: number;
  readonly withdrawn: number;
  /**
   * The price in force at the look-up, if any, and the announced prices that are not withdrawn, in
   * order of effect. `effectiveFrom` is in epoch milliseconds.
   */
  readonly since: readonly (TokenPrice & { readonly effectiveFrom: number })[];
}

export interface PostTokenPrice extends SetTokenPrice, Proposed {
  readonly policy: MarketPolicy;
  readonly known: KnownPrices;
}

/**
 * Posts a price, or proposes it where its change needs a second person. The change is measured
 * against the price in force at its time or, before any is in force, against the first announced
 * one.
 *
 * Refusals, in order: a currency other than the ledger's, too many announced prices, too many open
 * proposals.
 * @throws FactNeeded postedPrices, if a price was posted or withdrawn since the look-up, or the
 * look-up lies in the future
 */
export function postTokenPrice(
  prices: TokenPriceList,
  posting: PostTokenPrice,
  context: DecisionContext<WalletLane>,
): Decided<'postTokenPrice'> {
  const { approvalId, by, people, currency, buy, sellBack, effectiveFrom, policy, known } = posting;
  const isOutdated =
    known.at > context.time || known.posted !== prices.posted || known.withdrawn !== prices.withdrawals;
  if (isOutdated) throw new FactNeeded('postedPrices', { time: context.time });
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
