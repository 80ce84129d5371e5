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
 * Opens a party's wallet.
 * @throws Error for an open wallet: a party registers once, so a second registration needs an
 * investigation
 */
export function openWallet(wallet: Wallet, opening: OpenWallet): Decided {
  if (wallet.opened) throw new Error(`${wallet.walletId} is open already`);
  return [WalletOpened({ ...opening })];
}
