import type { WalletEvent } from '@tokengrid/contracts';
import { BillLimitSet } from '@tokengrid/contracts';
import type { Wallet } from '../state/wallet.ts';
import { mustBeOpen } from '../state/wallet.ts';

/**
 * Sets what the carrier may bill a wallet's party per month, in place of what holds for all; null: what holds for all. Less than was
 * billed already is allowed: then nothing more is billed this month.
 */
export function setBillLimit(
  state: Wallet,
  { monthlyLimit }: { readonly monthlyLimit: bigint | null },
): readonly WalletEvent[] {
  return [BillLimitSet({ walletId: mustBeOpen(state).walletId, monthlyLimit })];
}
