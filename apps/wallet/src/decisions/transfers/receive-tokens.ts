import type { Parcel, VoucherTerms } from '@tokengrid/contracts';
import { TokensReceived, TransferDeclined } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Decided } from '../rules/due.ts';
import { expireDue } from '../rules/due.ts';
import { lotsOf } from '../state/lots.ts';
import { availableAccount, laneAccount, moveTokens } from '../rules/postings.ts';
import { placeFor } from '../rules/vouchers.ts';
import { vouchersBack } from '../rules/returned-vouchers.ts';
import type { Sent } from '../state/returned-transfers.ts';
import type { OpenedWallet, Wallet } from '../state/wallet.ts';
import type { WalletLane } from '../state/wallet-lane.ts';

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
 * Takes in what another wallet sent; declines it, so that it goes back, where the wallet was never opened or is closed, or where it is a
 * voucher that finds no place. One that is larger than the smallest takes its place, which goes back to its funder.
 */
export function receiveTokens(state: Wallet, arrival: ReceiveTokens, context: DecisionContext<WalletLane>): Decided {
  const { voucher, tokens } = arrival;
  if (!state.opened) return [declined(arrival, 'WALLET.NOT_OPEN')];
  if (state.status.closed) return [declined(arrival, 'WALLET.CLOSED')];
  if (!voucher) return [received(state, arrival, context.lane)];
  const { wallet, expired } = expireDue(state, context);
  const place = placeFor(wallet, voucher.funder, tokens);
  if (!place) return [...expired, declined(arrival, 'WALLET.TOO_MANY_VOUCHERS')];
  const displaced = place === 'free' ? [] : [vouchersBack(wallet.walletId, [place], context.lane)];
  return [...expired, ...displaced, received(wallet, arrival, context.lane)];
}

function declined({ parcels, memo: _, voucher, memberIds, ...transfer }: ReceiveTokens, code: string) {
  const of = { ...(memberIds !== undefined && { memberIds }), ...(voucher !== undefined && { voucher }) };
  return TransferDeclined({ ...transfer, ...of, parcels: [...parcels], code });
}

function received({ lots: held }: OpenedWallet, arrival: ReceiveTokens, lane: number) {
  const { transferId, walletId, fromWalletId, tokens, memo, voucher, parcels } = arrival;
  const kind = voucher
    ? ({ source: 'voucher', transferable: false, voucher } as const)
    : ({ source: 'transfer', transferable: true } as const);
  const lots = lotsOf(held, { lotId: transferId, ...kind, parcels });
  const postings = moveTokens(tokens, laneAccount(lane, 'in-transit'), availableAccount(walletId));
  const words = memo === undefined ? {} : { memo };
  return TokensReceived({ walletId, transferId, fromWalletId, tokens, ...words, lots, postings });
}
