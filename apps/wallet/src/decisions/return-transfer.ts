import type { Parcel, WalletEvent } from '@tokengrid/contracts';
import { TransferReturned } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { lotsOf } from './lots.ts';
import { availableAccount, laneAccount, moveTokens } from './postings.ts';
import type { Wallet } from './wallet.ts';
import { mustBeOpen } from './wallet.ts';
import type { WalletLane } from './wallet-lane.ts';

export interface ReturnTransfer {
  readonly transferId: string;
  /** Where they could not be taken. */
  readonly toWalletId: string;
  readonly tokens: bigint;
  readonly code: string;
  readonly parcels: readonly Parcel[];
}

/** Gives tokens that were declined back to their sender, as a refund that keeps their ends. */
export function returnTransfer(
  state: Wallet,
  { parcels, ...transfer }: ReturnTransfer,
  { lane }: DecisionContext<WalletLane>,
): readonly WalletEvent[] {
  const { walletId, lots: held } = mustBeOpen(state);
  const lots = lotsOf(held, { lotId: transfer.transferId, source: 'refund', transferable: true, parcels });
  const postings = moveTokens(transfer.tokens, laneAccount(lane, 'in-transit'), availableAccount(walletId));
  return [TransferReturned({ walletId, ...transfer, lots, postings })];
}
