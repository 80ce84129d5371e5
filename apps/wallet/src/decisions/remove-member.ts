import type { WalletEvent } from '@tokengrid/contracts';
import { MemberRefused, MemberRemoved } from '@tokengrid/contracts';
import type { Wallet } from './wallet.ts';
import { mustBeOpen } from './wallet.ts';

/** Lets a member spend from a wallet no more. What is under its holds can still be captured. Refused for who is no member. */
export function removeMember(state: Wallet, { memberId }: { readonly memberId: string }): readonly WalletEvent[] {
  const { walletId, members } = mustBeOpen(state);
  const isMember = members.some((member) => member.memberId === memberId);
  if (!isMember) return [MemberRefused({ walletId, memberId, code: 'NOT_FOUND' })];
  return [MemberRemoved({ walletId, memberId })];
}
