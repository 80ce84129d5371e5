import type { VoucherTerms } from '@tokengrid/contracts';
import { instantOf, operatorPartyId, VoucherIssued, VoucherRefused } from '@tokengrid/contracts';
import { onWallet } from '../rules/due.ts';
import { capacityShortOf, useCapacity } from '../rules/issuance.ts';
import { lotsOf } from '../state/lots.ts';
import { availableAccount, laneAccount, moveTokens } from '../rules/postings.ts';
import { closedRefusal } from '../rules/status.ts';
import { takesVoucher } from '../state/vouchers.ts';
import type { Refusal } from '../rules/decided.ts';

export interface IssueVoucher {
  readonly voucherId: string;
  readonly tokens: bigint;
  readonly terms: Omit<VoucherTerms, 'funder'>;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  /** Known once the lane asked for more capacity in vain: what is left beside its slice. */
  readonly capacityLeft?: bigint;
}

/**
 * Gives a wallet tokens of the operator's for certain uses. Refused, in this order, where they
 * would have expired already, where the wallet has as many vouchers as it may, and where the
 * operator's own capacity does not cover them.
 * @throws SliceTooSmall while the lane may still get more capacity
 */
export const issueVoucher = onWallet('issueVoucher', (wallet, voucher: IssueVoucher, context) => {
  const { walletId } = wallet;
  const { voucherId, tokens, terms, expiresAt } = voucher;
  const asked = { walletId, voucherId, tokens };
  const refused = (refusal: Refusal<'issueVoucher'>) => [VoucherRefused({ ...asked, ...refusal })];
  if (expiresAt <= context.time) return refused({ code: 'WALLET.EXPIRY_PASSED' });
  const closed = closedRefusal(wallet);
  if (closed) return refused(closed);
  if (!takesVoucher(wallet.lots)) return refused({ code: 'WALLET.TOO_MANY_VOUCHERS' });
  const available = capacityShortOf(tokens, context.system, context.lane, voucher.capacityLeft);
  if (available !== undefined) return refused({ code: 'WALLET.ISSUANCE_EXHAUSTED', available, required: tokens });
  const parcels = [{ tokens, expiresAt: instantOf(expiresAt) }];
  const own = { ...terms, funder: operatorPartyId };
  const came = { lotId: voucherId, source: 'voucher', transferable: false, voucher: own, parcels } as const;
  const lot = lotsOf(wallet.lots, came)[0]!;
  const postings = moveTokens(tokens, laneAccount(context.lane, 'issuance'), availableAccount(walletId));
  return [VoucherIssued({ ...asked, lot, postings }), useCapacity(walletId, tokens)];
});
