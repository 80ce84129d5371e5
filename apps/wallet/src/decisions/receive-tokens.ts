import type { Parcel, VoucherTerms, WalletEvent } from '@tokengrid/contracts';
import { TokensReceived, TransferDeclined } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { lotsOf } from './lots.ts';
import { availableAccount, laneAccount, moveTokens } from './postings.ts';
import { takesVoucherOf } from './vouchers.ts';
import type { Sent } from './returned.ts';
import type { Wallet } from './wallet.ts';
import type { WalletLane } from './wallet-lane.ts';

export interface ReceiveTokens extends Sent {
  readonly transferId: string;
  /** The receiving wallet. */
  readonly walletId: string;
  readonly fromWalletId: string;
  readonly tokens: bigint;
  readonly memo?: string | undefined;
  /** As what they arrive, if the sender limits what they may pay for. */
  readonly voucher?: VoucherTerms | undefined;
  readonly parcels: readonly Parcel[];
}

/**
 * Takes in what another wallet sent; declines it, so that it goes back, where the wallet was never opened or is closed, or where it is one voucher
 * more than a wallet takes.
 */
export function receiveTokens(
  wallet: Wallet,
  { parcels, memo, voucher, sentOn, memberIds, ...transfer }: ReceiveTokens,
  { lane }: DecisionContext<WalletLane>,
): readonly WalletEvent[] {
  const sent = memberIds === undefined ? { sentOn } : { sentOn, memberIds };
  const terms = voucher === undefined ? {} : { voucher };
  const declined = (code: string) => [
    TransferDeclined({ ...transfer, ...sent, parcels: [...parcels], ...terms, code }),
  ];
  if (wallet.status === 'none') return declined('WALLET.NOT_OPEN');
  if (wallet.standing.closed) return declined('WALLET.CLOSED');
  if (voucher && !takesVoucherOf(wallet.lots, voucher.funder)) return declined('WALLET.TOO_MANY_VOUCHERS');
  const { transferId, walletId, tokens } = transfer;
  const kind = voucher
    ? ({ source: 'voucher', transferable: false, voucher } as const)
    : ({ source: 'transfer', transferable: true } as const);
  const lots = lotsOf(wallet.lots, { lotId: transferId, ...kind, parcels });
  const postings = moveTokens(tokens, laneAccount(lane, 'in-transit'), availableAccount(walletId));
  const words = memo === undefined ? {} : { memo };
  return [TokensReceived({ ...transfer, ...words, lots, postings })];
}
