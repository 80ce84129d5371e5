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
  /**
   * Capacity left beside the lane's slice, in µAIT; present once the lane's request for more was
   * refused.
   */
  readonly capacityLeft?: bigint;
}

/**
 * Issues a voucher: tokens of the operator for uses in a scope. Refusals, in order: an expiry in
 * the past, the maximum number of vouchers, lacking capacity.
 * @throws FactNeeded capacity, while the lane may still be granted more capacity
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
