import { ExhaustionPolicyRefused, ExhaustionPolicySet } from '@tokengrid/contracts';
import type { Actor } from '../rules/actors.ts';
import { liftingRefusal } from '../rules/actors.ts';
import type { ExhaustionPolicy } from '../state/exhaustion-policy.ts';
import type { Wallet } from '../state/wallet.ts';
import { mustBeOpen } from '../state/wallet.ts';
import type { Decided } from '../rules/decided.ts';

export interface SetExhaustionPolicy extends ExhaustionPolicy {
  readonly actor?: Actor | undefined;
}

/**
 * Decides what happens when a wallet's tokens run out. A cap below what was spent so this month is
 * allowed: then nothing more is this month. Refused for a key that is under a cap itself.
 */
export function setExhaustionPolicy(
  state: Wallet,
  { action, monthlyCap, actor }: SetExhaustionPolicy,
): Decided<'setExhaustionPolicy'> {
  const { walletId, members } = mustBeOpen(state);
  const barred = liftingRefusal({ members }, actor);
  if (barred) return [ExhaustionPolicyRefused({ walletId, ...barred })];
  return [ExhaustionPolicySet({ walletId, action, monthlyCap })];
}
