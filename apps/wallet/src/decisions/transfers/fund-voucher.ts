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
  /** When what was not used goes back; epoch milliseconds. */
  readonly expiresAt: number;
}

/**
 * Sends tokens to another wallet for certain uses; what is not used comes back at the end. Only
 * transferable lots without an end of their own count, so that what comes back is what left.
 * Refused, in this order, where there is no such wallet, where the voucher would have expired
 * already, and as a transfer is.
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
