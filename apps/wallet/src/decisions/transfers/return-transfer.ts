import type { Parcel } from '@tokengrid/contracts';
import { TransferReturned } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { lasting, lotsOf } from '../state/lots.ts';
import { availableAccount, laneAccount, moveTokens } from '../rules/postings.ts';
import { reopened } from '../rules/reopening.ts';
import type { Sent } from '../state/returned-transfers.ts';
import type { Wallet } from '../state/wallet.ts';
import { mustBeOpen } from '../state/wallet.ts';
import type { WalletLane } from '../state/wallet-lane.ts';
import type { CodesOfCommand, Decided } from '../rules/decided.ts';

export interface ReturnTransfer extends Sent {
  readonly transferId: string;
  /** The wallet that declined them. */
  readonly toWalletId: string;
  readonly tokens: bigint;
  readonly code: CodesOfCommand<'receiveTokens'>;
  /** True for tokens sent as a voucher, whose expiry does not apply to the refund. */
  readonly isVoucher: boolean;
  readonly parcels: readonly Parcel[];
}

/**
 * Returns declined tokens to their sender as a refund with the lots' own expiries. The sender's
 * limits regain the amount sent.
 */
export function returnTransfer(
  state: Wallet,
  { isVoucher, parcels: sentParcels, ...transfer }: ReturnTransfer,
  { lane }: DecisionContext<WalletLane>,
): Decided<'receiveTokens'> {
  const wallet = mustBeOpen(state);
  const { walletId, lots: held } = wallet;
  const { transferId, tokens } = transfer;
  const parcels = isVoucher ? lasting(tokens) : sentParcels;
  const lots = lotsOf(held, { lotId: transferId, source: 'refund', transferable: true, parcels });
  const postings = moveTokens(tokens, laneAccount(lane, 'in-transit'), availableAccount(walletId));
  return [...reopened(wallet), TransferReturned({ walletId, ...transfer, lots, postings })];
}
