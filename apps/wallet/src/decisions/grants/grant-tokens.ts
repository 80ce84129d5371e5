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
  /** Known once the lane asked for more capacity in vain: what is left beside its slice. */
  readonly capacityLeft?: bigint;
}

/**
 * Gives a wallet tokens of the operator's. Refused, in this order, where they would have expired
 * already, where the wallet is closed and where the operator's own capacity does not cover them.
 * @throws SliceTooSmall while the lane may still get more capacity
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
