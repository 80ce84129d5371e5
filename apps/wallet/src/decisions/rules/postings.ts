import type { Posting } from '@tokengrid/contracts';

/** What a lane's own accounts are for; the README says what each of them means. */
export type LaneAccount =
  'issuance' | 'in-transit' | 'escrow' | 'redeemed' | 'expired' | 'fees' | 'debts' | 'sales' | 'payments';

export const laneAccount = (lane: number, account: LaneAccount): string => `lane:${lane}:${account}`;

/** What a party can spend: positive. */
export const availableAccount = (walletId: string): string => `wallet:${walletId}:available`;

/** What is set aside for uses that are under way: positive. */
export const heldAccount = (walletId: string): string => `wallet:${walletId}:held`;

/**
 * What a party owes in tokens, for money that went back: negative. The lane's `debts` are the other
 * side.
 */
export const debtAccount = (walletId: string): string => `wallet:${walletId}:debt`;

/**
 * What a party owes on the carrier's bill, in the operator's currency: positive is owed, negative
 * is credit.
 */
export const billAccount = (walletId: string): string => `wallet:${walletId}:bill`;

/** The asset of all token accounts. */
export const tokenAsset = 'AIT';

/** A double entry: `amount` of an asset leaves one account and arrives in another. */
function move(asset: string, amount: bigint, from: string, to: string): Posting[] {
  return [
    { account: from, asset, amount: -amount },
    { account: to, asset, amount },
  ];
}

/** A double entry of tokens; none for nothing. */
export const moveTokens = (tokens: bigint, from: string, to: string): Posting[] =>
  tokens === 0n ? [] : move(tokenAsset, tokens, from, to);

/** A double entry of the operator's currency; none for an amount of nothing. */
export const moveFiat = (price: { readonly currency: string; readonly amount: bigint }, from: string, to: string) =>
  price.amount === 0n ? [] : move(price.currency, price.amount, from, to);
