import type { ChargedUse } from '@tokengrid/contracts';
import { ChargeRefused, WalletCharged } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Actor } from '../rules/actors.ts';
import { alertsOf } from '../state/alerts.ts';
import { onDay } from '../state/calendar.ts';
import { onWallet } from '../rules/due.ts';
import { burnUpTo, lotsTaken } from '../state/lots.ts';
import { availableAccount, laneAccount, moveTokens } from '../rules/postings.ts';
import { attributed, spendingRefusal } from '../rules/limits.ts';
import { spendingBarred } from '../rules/status.ts';
import { payableFor, payableOf } from '../rules/vouchers.ts';
import type { ToppingUp } from './top-up.ts';
import { topUp } from './top-up.ts';
import type { OpenedWallet } from '../state/wallet.ts';
import type { WalletLane } from '../state/wallet-lane.ts';

export interface ChargeWallet extends ToppingUp {
  readonly usageId: string;
  readonly tokens: bigint;
  /** The use, with its price. */
  readonly use: ChargedUse;
  /** The member or key that used it, if any. */
  readonly actor?: Actor | undefined;
}

/**
 * Charges a rated use: moves its whole cost into the lane's escrow, or nothing. Vouchers in scope
 * pay their share in burn order, other lots the rest.
 *
 * Where the wallet's policy is to buy, lacking tokens are bought first, and the purchase's refusals
 * apply. Refusals, in order: a frozen or closed wallet, limits on spending, insufficient tokens.
 * @throws FactNeeded marketTerms, for a purchase without looked-up terms
 * @throws FactNeeded capacity, for a purchase while the lane may still be granted more capacity
 */
export const chargeWallet = onWallet('chargeWallet', (wallet, charge: ChargeWallet, context) => {
  const { walletId } = wallet;
  const { chargeId, usageId, tokens, use, actor } = charge;
  const asked = { walletId, chargeId, usageId, tokens };
  const { day, timeZone } = onDay(context);
  const barred = spendingBarred(wallet) ?? spendingRefusal(wallet, tokens, day, actor);
  if (barred) return [ChargeRefused({ ...asked, ...barred })];
  const covered = coverFor(wallet, charge, context);
  if ('code' in covered) return [ChargeRefused({ ...asked, ...covered })];
  const lots = lotsTaken(burnUpTo(covered.wallet.lots, tokens, (lot) => payableOf(lot, use, tokens)));
  const postings = moveTokens(tokens, availableAccount(walletId), laneAccount(context.lane, 'escrow'));
  return [
    ...covered.bought,
    WalletCharged({ ...asked, use, day, timeZone, ...attributed(wallet, actor), lots, postings }),
    ...alertsOf(wallet, tokens, { day, timeZone }),
  ];
});

/**
 * The wallet with enough tokens for a charge, after a purchase if one is needed; otherwise the
 * refusal.
 */
function coverFor(wallet: OpenedWallet, charge: ChargeWallet, context: DecisionContext<WalletLane>) {
  const { use, tokens } = charge;
  const available = payableFor(wallet.lots, use, tokens);
  if (available >= tokens) return { wallet, bought: [] };
  if (wallet.exhaustion.action === 'bill') return topUp(wallet, tokens - available, charge, context);
  return { code: 'WALLET.INSUFFICIENT_TOKENS', available, required: tokens } as const;
}
