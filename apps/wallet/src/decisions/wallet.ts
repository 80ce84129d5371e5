import type { Lot, LotTaken, WalletEvent, WalletStreamEvent } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';
import { NotYet } from '@tokengrid/kernel';
import type { Hold } from './holds.ts';
import { captured, resolved, setAside } from './holds.ts';
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
  /** µAIT set aside: the sum of the holds. */
  readonly held: bigint;
  /** Open ones, the oldest first; at most `mostOpenHolds`. */
  readonly holds: readonly Hold[];
}

/** The stream of one wallet, `wal_…`. */
export const wallet: Aggregate<Wallet, WalletEvent> = {
  name: 'wallet',
  stateVersion: 2,
  initial: { status: 'none' },
  evolve,
};

function evolve(state: Wallet, event: WalletStreamEvent): Wallet {
  switch (event.type) {
    case 'WalletOpened': {
      const { walletId, partyId } = event.data;
      return { status: 'open', walletId, partyId, available: 0n, lots: [], held: 0n, holds: [] };
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
    case 'HoldPlaced':
    case 'HoldExtended':
      return setAside(mustBeOpen(state), event.data);
    case 'HoldCaptured':
      return captured(mustBeOpen(state), event.data);
    case 'HoldReleased':
    case 'HoldExpired':
      return resolved(mustBeOpen(state), event.data.holdId);
    case 'HoldRefused':
    case 'HoldExtensionRefused':
    case 'CaptureRefused':
    case 'HoldReleaseRefused':
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

/** An open wallet after one more event of its own, for decisions that state several. */
export const afterEvent = (wallet: OpenWallet, event: WalletStreamEvent): OpenWallet =>
  mustBeOpen(evolve(wallet, event));

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
