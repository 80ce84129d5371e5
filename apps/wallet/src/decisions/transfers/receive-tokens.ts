import type { Parcel, VoucherTerms } from '@tokengrid/contracts';
import { TokensReceived, TransferDeclined } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { CodesOfCommand, Decided } from '../rules/decided.ts';
import { onWallet } from '../rules/due.ts';
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
  /** Terms of the voucher that the tokens arrive as, if the sender limits their use. */
  readonly voucher?: VoucherTerms | undefined;
  readonly parcels: readonly Parcel[];
}

/**
 * Receives tokens of another wallet. Declines, and thereby returns them, for a wallet unopened or
 * closed, and for a voucher without a free place.
 *
 * A voucher larger than the smallest takes that one's place, and the smallest returns to its
 * funder.
 */
export function receiveTokens(
  state: Wallet,
  arrival: ReceiveTokens,
  context: DecisionContext<WalletLane>,
): Decided<'receiveTokens'> {
  if (!state.opened) return [declined(arrival, 'WALLET.NOT_OPEN')];
  if (state.status.closed) return [declined(arrival, 'WALLET.CLOSED')];
  return arrival.voucher ? receiveVoucher(state, arrival, context) : [received(state, arrival, context.lane)];
}

/** Vouchers that are due expire first, which frees a place for the arriving one. */
const receiveVoucher = onWallet('receiveTokens', takeVoucher);

function takeVoucher(
  wallet: OpenedWallet,
  arrival: ReceiveTokens,
  { lane }: DecisionContext<WalletLane>,
): Decided<'receiveTokens'> {
  const place = placeFor(wallet, arrival.voucher!.funder, arrival.tokens);
  if (!place) return [declined(arrival, 'WALLET.TOO_MANY_VOUCHERS')];
  const displaced = place === 'free' ? [] : [vouchersBack(wallet.walletId, [place], lane)];
  return [...displaced, received(wallet, arrival, lane)];
}

function declined(
  { parcels, memo: _, voucher, memberIds, ...transfer }: ReceiveTokens,
  code: CodesOfCommand<'receiveTokens'>,
) {
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
