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
 * Sets the policy for a wallet without enough tokens; refused for a key under a cap. With a cap
 * below the month's spending, nothing more is bought in the month.
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
