import { GrantRefused, instantOf, TokensGranted } from '@tokengrid/contracts';
import { onWallet } from '../rules/due.ts';
import { capacityShortOf, useCapacity } from '../rules/issuance.ts';
import { lotsOf } from '../state/lots.ts';
import { availableAccount, laneAccount, moveTokens } from '../rules/postings.ts';
import { closedRefusal } from '../rules/status.ts';

export interface GrantTokens {
  readonly grantId: string;
  readonly tokens: bigint;
  readonly source: 'plan' | 'promotion';
  /** Epoch milliseconds; undefined: never. */
  readonly expiresAt: number | undefined;
  readonly transferable: boolean;
  /**
   * Capacity left beside the lane's slice, in µAIT; present once the lane's request for more was
   * refused.
   */
  readonly capacityLeft?: bigint;
}

/**
 * Grants a wallet tokens of the operator. Refusals, in order: an expiry in the past, a closed
 * wallet, lacking capacity.
 * @throws FactNeeded capacity, while the lane may still be granted more capacity
 */
export const grantTokens = onWallet('grantTokens', (wallet, grant: GrantTokens, context) => {
  const { walletId } = wallet;
  const { grantId, tokens, source, expiresAt, transferable } = grant;
  if (expiresAt !== undefined && expiresAt <= context.time) {
    return [GrantRefused({ walletId, grantId, tokens, code: 'WALLET.EXPIRY_PASSED' })];
  }
  const closed = closedRefusal(wallet);
  if (closed) return [GrantRefused({ walletId, grantId, tokens, ...closed })];
  const available = capacityShortOf(tokens, context.system, context.lane, grant.capacityLeft);
  if (available !== undefined) {
    const code = 'WALLET.ISSUANCE_EXHAUSTED';
    return [GrantRefused({ walletId, grantId, tokens, code, available, required: tokens })];
  }
  const parcels = [{ tokens, expiresAt: expiresAt === undefined ? null : instantOf(expiresAt) }];
  const [lot] = lotsOf(wallet.lots, { lotId: grantId, source, transferable, parcels });
  const postings = moveTokens(tokens, laneAccount(context.lane, 'issuance'), availableAccount(walletId));
  return [TokensGranted({ walletId, grantId, tokens, lot: lot!, postings }), useCapacity(walletId, tokens)];
});
