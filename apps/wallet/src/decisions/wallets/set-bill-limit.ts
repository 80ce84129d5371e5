import { BillLimitSet } from '@tokengrid/contracts';
import type { Wallet } from '../state/wallet.ts';
import { mustBeOpen } from '../state/wallet.ts';
import type { Decided } from '../rules/decided.ts';

/**
 * Sets a wallet's monthly limit of the carrier's bill, in minor units; null: the general limit.
 * Below the amount already billed, nothing more is billed in the month.
 */
export function setBillLimit(state: Wallet, { monthlyLimit }: { readonly monthlyLimit: bigint | null }): Decided {
  return [BillLimitSet({ walletId: mustBeOpen(state).walletId, monthlyLimit })];
}
