import { MemberRefused, MemberSet } from '@tokengrid/contracts';
import type { Actor } from '../rules/actors.ts';
import { liftingRefusal } from '../rules/actors.ts';
import { mostMembers } from '../state/spending.ts';
import type { Wallet } from '../state/wallet.ts';
import { mustBeOpen } from '../state/wallet.ts';
import type { Decided } from '../rules/decided.ts';

export interface SetMember {
  /** A party, or a key of the wallet's own. */
  readonly memberId: string;
  /** µAIT per day and month of the operator's; undefined: no cap but the wallet's limits. */
  readonly daily?: bigint | undefined;
  readonly monthly?: bigint | undefined;
  readonly actor?: Actor | undefined;
}

/**
 * Lets a member spend from a wallet, or changes its caps; what it has spent already counts.
 * Refused, in this order, for a key that is under a cap itself, and past 100 members.
 */
export function setMember(state: Wallet, { memberId, daily, monthly, actor }: SetMember): Decided<'setMember'> {
  const { walletId, members } = mustBeOpen(state);
  const barred = liftingRefusal({ members }, actor);
  if (barred) return [MemberRefused({ walletId, memberId, ...barred })];
  const isNew = members.every((member) => member.memberId !== memberId);
  if (isNew && members.length >= mostMembers) {
    return [MemberRefused({ walletId, memberId, code: 'WALLET.TOO_MANY_MEMBERS' })];
  }
  const caps = { ...(daily !== undefined && { daily }), ...(monthly !== undefined && { monthly }) };
  return [MemberSet({ walletId, memberId, ...caps })];
}
