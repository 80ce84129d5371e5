import { PurchaseReversed, PurchaseRestored } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { afterDecided } from '../rules/after-decided.ts';
import type { Decided } from '../rules/decided.ts';
import { type CapacityLacking, capacityShortOf, freeCapacity, useCapacity } from '../rules/issuance.ts';
import type { WalletLot } from '../state/lots.ts';
import { isTransferable, least, lotsTaken, sumOf } from '../state/lots.ts';
import { availableAccount, debtAccount, laneAccount, moveFiat, moveTokens } from '../rules/postings.ts';
import { purchasedLot } from '../rules/purchases.ts';
import { reversedOf, tokensFor } from '../state/purchase-money.ts';
import type { PurchaseRecord } from '../state/purchase-record.ts';
import { reopened } from '../rules/reopening.ts';
import type { OpenedWallet } from '../state/wallet.ts';
import type { WalletLane } from '../state/wallet-lane.ts';

type Context = DecisionContext<WalletLane>;
type Paid = Pick<PurchaseRecord, 'purchaseId' | 'price' | 'paid' | 'credited'>;
type Kind = Parameters<typeof PurchaseReversed>[0]['kind'];

/**
 * Reverses a purchase by the share of its money that went back: the rest of its own lot first, then
 * other transferable lots in burn order. Tokens that the wallet lacks become its debt.
 * @param gone minor units that had gone back before
 * @param money minor units that go back now
 */
export function reversal(
  wallet: OpenedWallet,
  purchase: Paid,
  kind: Kind,
  gone: bigint,
  money: bigint,
  { lane, system }: Context,
): Decided {
  const { walletId } = wallet;
  const { purchaseId } = purchase;
  const price = { ...purchase.price, amount: money };
  const tokens = tokensFor(gone + money, purchase) - tokensFor(gone, purchase);
  const taken = takenBack(wallet.lots, purchaseId, tokens);
  const back = sumOf(taken);
  const debt = tokens - back;
  const postings = [
    ...moveTokens(back, availableAccount(walletId), laneAccount(lane, 'issuance')),
    ...moveTokens(debt, debtAccount(walletId), laneAccount(lane, 'debts')),
    ...moveFiat(price, laneAccount(lane, 'payments'), laneAccount(lane, 'sales')),
  ];
  return [
    PurchaseReversed({ walletId, purchaseId, kind, price, tokens, lots: lotsTaken(taken), debt, postings }),
    ...(back === 0n ? [] : [freeCapacity(walletId, back, system)]),
  ];
}

/** Lots to reverse, in burn order, with the µAIT of each. */
function takenBack(lots: readonly WalletLot[], purchaseId: string, tokens: bigint): readonly WalletLot[] {
  const own = least(tokens, sumOf(lots.filter(({ lotId }) => lotId === purchaseId)));
  let others = tokens - own;
  const taken: WalletLot[] = [];
  for (const lot of lots) {
    const isOwn = lot.lotId === purchaseId;
    if (!isOwn && !isTransferable(lot)) continue;
    const take = isOwn ? own : least(others, lot.tokens);
    if (!isOwn) others -= take;
    if (take > 0n) taken.push({ ...lot, tokens: take });
  }
  return taken;
}

/** Reverses refunds, then chargebacks, that notices reported before the payment. */
export function reversedBefore(wallet: OpenedWallet, purchase: PurchaseRecord, context: Context): Decided {
  const refunded = least(purchase.refunded, purchase.paid);
  const chargedBack = reversedOf(purchase, purchase.paid) - refunded;
  const first = refunded === 0n ? [] : reversal(wallet, purchase, 'refund', 0n, refunded, context);
  if (chargedBack === 0n) return first;
  const after = afterDecided(wallet, first);
  return [...first, ...reversal(after, purchase, 'chargeback', refunded, chargedBack, context)];
}

/**
 * Restores tokens for money that remains after all: the debt is reduced first, the rest is issued.
 * Refused where the capacity does not cover the rest.
 * @param gone minor units that had gone back before, `money` of which remain now
 * @throws FactNeeded capacity, while the lane may still be granted more capacity
 */
export function restoration(
  wallet: OpenedWallet,
  purchase: Paid,
  gone: bigint,
  money: bigint,
  { lane, system }: Context,
  capacityLeft: bigint | undefined,
): Decided | CapacityLacking {
  const { walletId } = wallet;
  const { purchaseId } = purchase;
  const tokens = tokensFor(gone, purchase) - tokensFor(gone - money, purchase);
  const debt = least(wallet.debt, tokens);
  const issued = tokens - debt;
  const available = capacityShortOf(issued, system, lane, capacityLeft);
  if (available !== undefined) return { code: 'WALLET.ISSUANCE_EXHAUSTED', available, required: issued };
  const price = { ...purchase.price, amount: money };
  const lot = issued === 0n ? null : purchasedLot(wallet, { purchaseId, tokens: issued });
  const postings = [
    ...moveTokens(issued, laneAccount(lane, 'issuance'), availableAccount(walletId)),
    ...moveTokens(debt, laneAccount(lane, 'debts'), debtAccount(walletId)),
    ...moveFiat(price, laneAccount(lane, 'sales'), laneAccount(lane, 'payments')),
  ];
  return [
    ...(issued === 0n ? [] : reopened(wallet)),
    PurchaseRestored({ walletId, purchaseId, price, tokens, debt, lot, postings }),
    ...(issued === 0n ? [] : [useCapacity(walletId, issued)]),
  ];
}
