import type { PartyKind } from '@tokengrid/contracts';
import { WalletOpened } from '@tokengrid/contracts';
import type { Wallet } from '../state/wallet.ts';
import type { Decided } from '../rules/decided.ts';

export interface OpenWallet {
  readonly walletId: string;
  readonly partyId: string;
  readonly partyKind: PartyKind;
}

/**
 * Opens a party's wallet, once.
 * @throws Error if it is open already: a party registers once, so a second registration is for a
 * person to look at.
 */
export function openWallet(wallet: Wallet, opening: OpenWallet): Decided {
  if (wallet.opened) throw new Error(`${wallet.walletId} is open already`);
  return [WalletOpened({ ...opening })];
}
