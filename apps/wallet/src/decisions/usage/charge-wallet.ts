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
  /** What was used, at which price. */
  readonly use: ChargedUse;
  /** Who used it, where a member of a shared wallet did, or with which key. */
  readonly actor?: Actor | undefined;
}

/**
 * Takes what a rated use costs into the lane's escrow: all of it, or nothing. Refused, in this
 * order, where the wallet is frozen or closed, for limits on spending, and where the wallet does
 * not cover it. Vouchers pay for their part of the uses in their scope, in their place in burn
 * order; the rest comes from other lots. Where the wallet's policy says so, what is lacking is
 * bought first, and the charge is refused as that purchase is.
 * @throws TermsNeeded while it has to buy and does not know at what terms
 * @throws SliceTooSmall while it has to buy, and the lane may still get more capacity
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
 * A wallet that covers a charge, by what it has or by what was bought for it; or why there is none.
 */
function coverFor(wallet: OpenedWallet, charge: ChargeWallet, context: DecisionContext<WalletLane>) {
  const { use, tokens } = charge;
  const available = payableFor(wallet.lots, use, tokens);
  if (available >= tokens) return { wallet, bought: [] };
  if (wallet.exhaustion.action === 'bill') return topUp(wallet, tokens - available, charge, context);
  return { code: 'WALLET.INSUFFICIENT_TOKENS', available, required: tokens } as const;
}
