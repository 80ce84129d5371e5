import type { PartyKind, WalletEvent } from '@tokengrid/contracts';
import { WalletOpened } from '@tokengrid/contracts';
import type { Wallet } from '../state/wallet.ts';

export interface OpenWallet {
  readonly walletId: string;
  readonly partyId: string;
  readonly partyKind: PartyKind;
}

/**
 * Opens a party's wallet, once.
 * @throws Error if it is open already: a party registers once, so a second registration is for a person to look at.
 */
export function openWallet(wallet: Wallet, opening: OpenWallet): readonly WalletEvent[] {
  if (wallet.opened) throw new Error(`${wallet.walletId} is open already`);
  return [WalletOpened({ ...opening })];
}
