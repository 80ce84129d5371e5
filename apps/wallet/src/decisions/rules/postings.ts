import type { Posting } from '@tokengrid/contracts';

/** Accounts of a lane; the README states their meaning. */
export type LaneAccount =
  'issuance' | 'in-transit' | 'escrow' | 'redeemed' | 'expired' | 'fees' | 'debts' | 'sales' | 'payments';

export const laneAccount = (lane: number, account: LaneAccount): string => `lane:${lane}:${account}`;

/** A party's available tokens: positive. */
export const availableAccount = (walletId: string): string => `wallet:${walletId}:available`;

/** Tokens under a party's holds: positive. */
export const heldAccount = (walletId: string): string => `wallet:${walletId}:held`;

/**
 * A party's debt in tokens, for money that went back: negative. The lane's `debts` are the
 * counterpart.
 */
export const debtAccount = (walletId: string): string => `wallet:${walletId}:debt`;

/**
 * A party's position on the carrier's bill, in the operator's currency: positive is owed, negative
 * is credit.
 */
export const billAccount = (walletId: string): string => `wallet:${walletId}:bill`;

/** Asset of all token accounts. */
export const tokenAsset = 'AIT';

/** A double entry: `amount` of an asset moves between two accounts. */
function move(asset: string, amount: bigint, from: string, to: string): Posting[] {
  return [
    { account: from, asset, amount: -amount },
    { account: to, asset, amount },
  ];
}

/** A double entry of tokens; empty for zero. */
export const moveTokens = (tokens: bigint, from: string, to: string): Posting[] =>
  tokens === 0n ? [] : move(tokenAsset, tokens, from, to);

/** A double entry of the operator's currency; empty for zero. */
export const moveFiat = (price: { readonly currency: string; readonly amount: bigint }, from: string, to: string) =>
  price.amount === 0n ? [] : move(price.currency, price.amount, from, to);

/** What uses cost, out of a wallet and its holds, in the escrow of a lane. */
export function gathered(walletId: string, from: { readonly available: bigint; readonly held: bigint }, lane: number) {
  const tokens = from.available + from.held;
  const postings = [
    { account: availableAccount(walletId), asset: tokenAsset, amount: -from.available },
    { account: heldAccount(walletId), asset: tokenAsset, amount: -from.held },
    { account: laneAccount(lane, 'escrow'), asset: tokenAsset, amount: tokens },
  ];
  return postings.filter(({ amount }) => amount !== 0n);
}
