import type { VoucherTerms } from '@tokengrid/contracts';
import { instantOf, TokensSent, TransferRefused } from '@tokengrid/contracts';
import { alertsOf } from '../state/alerts.ts';
import { onDay } from '../state/calendar.ts';
import { onWallet } from '../rules/due.ts';
import type { WalletLot } from '../state/lots.ts';
import { burnDown, isTransferable, lotsTaken } from '../state/lots.ts';
import { sendingRefusal } from '../rules/market-limits.ts';
import { availableAccount, laneAccount, moveTokens } from '../rules/postings.ts';
import type { SendTokens } from './send-tokens.ts';
import { attributed, spendingRefusal } from '../rules/limits.ts';
import { spendingBarred } from '../rules/status.ts';
import { transferableRefusal } from '../rules/transferable.ts';

export interface FundVoucher extends Omit<SendTokens, 'memo'> {
  readonly terms: Omit<VoucherTerms, 'funder'>;
  /** Time at which unused tokens return to the funder, in epoch milliseconds. */
  readonly expiresAt: number;
}

/**
 * Sends another wallet tokens for uses in a scope; unused tokens return at the voucher's end. Only
 * transferable lots without an expiry count, so that tokens return as they left.
 *
 * Refusals, in order: no such wallet, an expiry in the past, then those of a transfer.
 */
export const fundVoucher = onWallet('fundVoucher', (wallet, funding: FundVoucher, context) => {
  const { walletId, partyId } = wallet;
  const { transferId, toWalletId, tokens, expiresAt, terms } = funding;
  const asked = { walletId, transferId, toWalletId, tokens };
  if (!funding.receiverKnown) return [TransferRefused({ ...asked, code: 'NOT_FOUND' })];
  if (expiresAt <= context.time) return [TransferRefused({ ...asked, code: 'WALLET.EXPIRY_PASSED' })];
  const { day, timeZone } = onDay(context);
  const refusal =
    spendingBarred(wallet) ??
    sendingRefusal(wallet, tokens, day, funding.policy) ??
    spendingRefusal(wallet, tokens, day, funding.actor) ??
    transferableRefusal(wallet, tokens, isLasting);
  if (refusal) return [TransferRefused({ ...asked, ...refusal })];
  return [
    TokensSent({
      ...asked,
      voucher: { ...terms, funder: partyId },
      day,
      timeZone,
      ...attributed(wallet, funding.actor),
      lots: lotsTaken(burnDown(wallet.lots, tokens, isLasting)),
      parcels: [{ tokens, expiresAt: instantOf(expiresAt) }],
      postings: moveTokens(tokens, availableAccount(walletId), laneAccount(context.lane, 'in-transit')),
    }),
    ...alertsOf(wallet, tokens, { day, timeZone }),
  ];
});

const isLasting = (lot: WalletLot): boolean => isTransferable(lot) && lot.expiresAt === null;
