import type { WalletEvent } from '@tokengrid/contracts';
import { MemberRefused, MemberReinstated } from '@tokengrid/contracts';
import { memberOrFormer } from './spending.ts';
import type { Wallet } from './wallet.ts';
import { mustBeOpen } from './wallet.ts';

/** Lets a suspended member spend from a wallet again. Refused for who is no member. */
export function reinstateMember(state: Wallet, { memberId }: { readonly memberId: string }): readonly WalletEvent[] {
  const wallet = mustBeOpen(state);
  const { walletId } = wallet;
  if (!memberOrFormer(wallet, memberId)) return [MemberRefused({ walletId, memberId, code: 'NOT_FOUND' })];
  return [MemberReinstated({ walletId, memberId })];
}
