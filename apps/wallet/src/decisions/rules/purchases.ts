import type { Posting } from '@tokengrid/contracts';
import { moveTokens, laneAccount, availableAccount, moveFiat, billAccount } from './postings.ts';
import { lasting, lotsOf } from '../state/lots.ts';
import type { OpenedWallet } from '../state/wallet.ts';

export type Money = { readonly currency: string; readonly amount: bigint };

/** Postings of a billed purchase: issued tokens, and the price on the carrier's bill. */
export const billedPostings = (walletId: string, tokens: bigint, price: Money, lane: number): Posting[] => [
  ...moveTokens(tokens, laneAccount(lane, 'issuance'), availableAccount(walletId)),
  ...moveFiat(price, laneAccount(lane, 'sales'), billAccount(walletId)),
];

/** A purchased lot, which never expires and is transferable. */
export function purchasedLot(
  { lots }: OpenedWallet,
  { purchaseId, tokens }: { readonly purchaseId: string; readonly tokens: bigint },
) {
  const came = { lotId: purchaseId, source: 'purchase', transferable: true, parcels: lasting(tokens) } as const;
  return lotsOf(lots, came)[0]!;
}
