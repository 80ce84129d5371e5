import type { WalletEvent } from '@tokengrid/contracts';
import { ExhaustionPolicySet } from '@tokengrid/contracts';
import type { ExhaustionPolicy } from './exhaustion-policy.ts';
import type { Wallet } from './wallet.ts';
import { mustBeOpen } from './wallet.ts';

/**
 * Decides what happens when a wallet's tokens run out. A cap below what was spent so this month is allowed: then nothing more is
 * this month.
 */
export function setExhaustionPolicy(state: Wallet, { action, monthlyCap }: ExhaustionPolicy): readonly WalletEvent[] {
  return [ExhaustionPolicySet({ walletId: mustBeOpen(state).walletId, action, monthlyCap })];
}
