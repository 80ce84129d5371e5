import { MemberRefused, MemberSet } from '@tokengrid/contracts';
import type { Actor } from '../rules/actors.ts';
import { liftingRefusal } from '../rules/actors.ts';
import { isKey, mostKeys, mostMembers } from '../state/spending.ts';
import type { Wallet } from '../state/wallet.ts';
import { mustBeOpen } from '../state/wallet.ts';
import type { Decided } from '../rules/decided.ts';

export interface SetMember {
  /** Id of a party, or of a key of the wallet's own. */
  readonly memberId: string;
  /**
   * Caps in µAIT per day and month in the operator's zone; undefined: no cap but the wallet's
   * limits.
   */
  readonly daily?: bigint | undefined;
  readonly monthly?: bigint | undefined;
  /** Cap in µAIT in all, since it was set first; undefined: none. */
  readonly total?: bigint | undefined;
  readonly actor?: Actor | undefined;
}

/**
 * Adds a member, or changes its caps; its earlier spending counts. Refusals, in order: a key under
 * a cap, the maximum of 100 parties or 1,000 keys.
 */
export function setMember(state: Wallet, { memberId, daily, monthly, total, actor }: SetMember): Decided<'setMember'> {
  const { walletId, members } = mustBeOpen(state);
  const barred = liftingRefusal({ members }, actor);
  if (barred) return [MemberRefused({ walletId, memberId, ...barred })];
  const isNew = members.every((member) => member.memberId !== memberId);
  const isOfKey = isKey({ memberId });
  const alike = members.filter((member) => isKey(member) === isOfKey).length;
  if (isNew && alike >= (isOfKey ? mostKeys : mostMembers)) {
    return [MemberRefused({ walletId, memberId, code: 'WALLET.TOO_MANY_MEMBERS' })];
  }
  const caps = {
    ...(daily !== undefined && { daily }),
    ...(monthly !== undefined && { monthly }),
    ...(total !== undefined && { total }),
  };
  return [MemberSet({ walletId, memberId, ...caps })];
}
