import { MemberRefused, MemberRemoved } from '@tokengrid/contracts';
import type { Actor } from '../rules/actors.ts';
import { liftingRefusal } from '../rules/actors.ts';
import type { Wallet } from '../state/wallet.ts';
import { mustBeOpen } from '../state/wallet.ts';
import type { Decided } from '../rules/decided.ts';

export interface RemoveMember {
  readonly memberId: string;
  readonly actor?: Actor | undefined;
}

/**
 * Removes a member; holds placed under its caps stay under them, whoever captures. Refusals, in
 * order: a key under a cap, a non-member.
 */
export function removeMember(state: Wallet, { memberId, actor }: RemoveMember): Decided<'removeMember'> {
  const { walletId, members } = mustBeOpen(state);
  const barred = liftingRefusal({ members }, actor);
  if (barred) return [MemberRefused({ walletId, memberId, ...barred })];
  const isMember = members.some((member) => member.memberId === memberId);
  if (!isMember) return [MemberRefused({ walletId, memberId, code: 'NOT_FOUND' })];
  return [MemberRemoved({ walletId, memberId })];
}
