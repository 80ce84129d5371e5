import { BillLimitSet } from '@tokengrid/contracts';
import type { Wallet } from '../state/wallet.ts';
import { mustBeOpen } from '../state/wallet.ts';
import type { Decided } from '../rules/decided.ts';

/**
 * Sets what the carrier may bill a wallet's party per month, in place of what holds for all; null:
 * what holds for all. Less than was billed already is allowed: then nothing more is billed this
 * month.
 */
export function setBillLimit(state: Wallet, { monthlyLimit }: { readonly monthlyLimit: bigint | null }): Decided {
  return [BillLimitSet({ walletId: mustBeOpen(state).walletId, monthlyLimit })];
}
