import type { ChargedUse } from '@tokengrid/contracts';
import { ChargeRefused, WalletCharged } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { dayOf } from './calendar.ts';
import type { Decided } from './expire-due.ts';
import { expireDue } from './expire-due.ts';
import { burnUpTo, lotsTaken } from './lots.ts';
import { availableAccount, laneAccount, moveTokens } from './postings.ts';
import type { Spender } from './spending.ts';
import { alertsOf, attributed, spendingRefusal } from './spending.ts';
import { standingRefusal } from './standing.ts';
import { payableFor, payableOf } from './vouchers.ts';
import type { Wallet } from './wallet.ts';
import type { WalletLane } from './wallet-lane.ts';

export interface ChargeWallet {
  readonly chargeId: string;
  readonly usageId: string;
  readonly tokens: bigint;
  /** What was used, at which price. */
  readonly use: ChargedUse;
  /** Who used it, where a member of a shared wallet did. */
  readonly spender?: Spender | undefined;
}

/**
 * Takes what a rated use costs into the lane's escrow: all of it, or nothing. Refused, in this order, where the
 * wallet is frozen or closed, for limits on spending, and where the wallet does not cover it. Vouchers pay for their part of
 * the uses in their scope, in their place in burn order; the rest comes from other lots.
 */
export function chargeWallet(state: Wallet, charge: ChargeWallet, context: DecisionContext<WalletLane>): Decided {
  const { wallet, expired } = expireDue(state, context);
  const { walletId } = wallet;
  const { use, spender, ...asked } = charge;
  const day = dayOf(context.time);
  const { tokens } = asked;
  const barred = standingRefusal(wallet) ?? spendingRefusal(wallet, tokens, day, spender);
  if (barred) return [...expired, ChargeRefused({ walletId, ...asked, ...barred })];
  const available = payableFor(wallet.lots, use, tokens);
  if (available < tokens) {
    const code = 'WALLET.INSUFFICIENT_TOKENS';
    return [...expired, ChargeRefused({ walletId, ...asked, code, available, required: tokens })];
  }
  const lots = lotsTaken(burnUpTo(wallet.lots, tokens, (lot) => payableOf(lot, use, tokens)));
  const postings = moveTokens(tokens, availableAccount(walletId), laneAccount(context.lane, 'escrow'));
  return [
    ...expired,
    WalletCharged({ walletId, ...asked, use, day, ...attributed(wallet, spender), lots, postings }),
    ...alertsOf(wallet, tokens, day),
  ];
}
