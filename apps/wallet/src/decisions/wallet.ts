import type { Lot, LotTaken, WalletEvent, WalletStreamEvent } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';
import { NotYet } from '@tokengrid/kernel';
import type { WalletLot } from './lots.ts';
import { withLots, withoutLots } from './lots.ts';

/** A wallet as decisions see it: opened or not. */
export type Wallet = NoWallet | OpenWallet;

interface NoWallet {
  readonly status: 'none';
}

export interface OpenWallet {
  readonly status: 'open';
  readonly walletId: string;
  readonly partyId: string;
  /** µAIT that can be spent: the sum of the lots. */
  readonly available: bigint;
  /** In burn order. */
  readonly lots: readonly WalletLot[];
}

/** The stream of one wallet, `wal_…`. */
export const wallet: Aggregate<Wallet, WalletEvent> = {
  name: 'wallet',
  stateVersion: 1,
  initial: { status: 'none' },
  evolve,
};

function evolve(state: Wallet, event: WalletStreamEvent): Wallet {
  switch (event.type) {
    case 'WalletOpened': {
      const { walletId, partyId } = event.data;
      return { status: 'open', walletId, partyId, available: 0n, lots: [] };
    }
    case 'TokensPurchased':
    case 'TokensGranted':
    case 'EarningsReceived':
      return credited(state, event.data.tokens, [event.data.lot]);
    case 'TokensReceived':
    case 'TransferReturned':
      return credited(state, event.data.tokens, event.data.lots);
    case 'TokensSold':
    case 'TokensSent':
    case 'WalletCharged':
    case 'TokensExpired':
      return debited(state, event.data.tokens, event.data.lots);
    case 'PurchaseRefused':
    case 'SaleRefused':
    case 'TransferRefused':
    case 'TransferDeclined':
    case 'GrantRefused':
    case 'ChargeRefused':
      return state;
  }
}

function credited(state: Wallet, tokens: bigint, lots: readonly Lot[]): OpenWallet {
  const wallet = mustBeOpen(state);
  return { ...wallet, available: wallet.available + tokens, lots: withLots(wallet.lots, lots) };
}

function debited(state: Wallet, tokens: bigint, lots: readonly LotTaken[]): OpenWallet {
  const wallet = mustBeOpen(state);
  return { ...wallet, available: wallet.available - tokens, lots: withoutLots(wallet.lots, lots) };
}

/** The party's registration has not arrived here. A policy's command waits for it; a caller's is answered 404. */
export class WalletNotOpen extends NotYet {
  constructor() {
    super('the wallet is not open yet');
  }
}

/** @throws WalletNotOpen */
export function mustBeOpen(state: Wallet): OpenWallet {
  if (state.status === 'none') throw new WalletNotOpen();
  return state;
}
