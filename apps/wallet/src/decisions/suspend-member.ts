import type { WalletEvent } from '@tokengrid/contracts';
import { MemberRefused, MemberSuspended } from '@tokengrid/contracts';
import { memberOrFormer } from './spending.ts';
import type { Wallet } from './wallet.ts';
import { mustBeOpen } from './wallet.ts';

/** Lets a member whose party is suspended spend nothing from a wallet until it is reinstated. Refused for who is no member. */
export function suspendMember(state: Wallet, { memberId }: { readonly memberId: string }): readonly WalletEvent[] {
  const wallet = mustBeOpen(state);
  const { walletId } = wallet;
  if (!memberOrFormer(wallet, memberId)) return [MemberRefused({ walletId, memberId, code: 'NOT_FOUND' })];
  return [MemberSuspended({ walletId, memberId })];
}
