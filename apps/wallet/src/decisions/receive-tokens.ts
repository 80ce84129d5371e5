import type { Parcel, WalletEvent } from '@tokengrid/contracts';
import { TokensReceived, TransferDeclined } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { lotsOf } from './lots.ts';
import { availableAccount, laneAccount, moveTokens } from './postings.ts';
import type { Wallet } from './wallet.ts';
import type { WalletLane } from './wallet-lane.ts';

export interface ReceiveTokens {
  readonly transferId: string;
  /** The receiving wallet. */
  readonly walletId: string;
  readonly fromWalletId: string;
  readonly tokens: bigint;
  readonly memo?: string | undefined;
  readonly parcels: readonly Parcel[];
}

/** Takes in what another wallet sent; declines it, so that it goes back, where the wallet was never opened. */
export function receiveTokens(
  wallet: Wallet,
  { parcels, memo, ...transfer }: ReceiveTokens,
  { lane }: DecisionContext<WalletLane>,
): readonly WalletEvent[] {
  if (wallet.status === 'none') {
    return [TransferDeclined({ ...transfer, parcels: [...parcels], code: 'WALLET.NOT_OPEN' })];
  }
  const { transferId, walletId, tokens } = transfer;
  const lots = lotsOf(wallet.lots, { lotId: transferId, source: 'transfer', transferable: true, parcels });
  const postings = moveTokens(tokens, laneAccount(lane, 'in-transit'), availableAccount(walletId));
  const words = memo === undefined ? {} : { memo };
  return [TokensReceived({ ...transfer, ...words, lots, postings })];
}
