import { VoucherRefunded } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { lasting, lotsOf } from '../state/lots.ts';
import { availableAccount, laneAccount, moveTokens } from '../rules/postings.ts';
import { reopened } from '../rules/reopening.ts';
import type { Wallet } from '../state/wallet.ts';
import { mustBeOpen } from '../state/wallet.ts';
import type { WalletLane } from '../state/wallet-lane.ts';
import type { Decided } from '../rules/decided.ts';

export interface RefundVoucher {
  /** Id of the refund, the same in every repeat. */
  readonly refundId: string;
  /** The wallet that held the voucher. */
  readonly fromWalletId: string;
  readonly tokens: bigint;
}

/**
 * Refunds a party the unused tokens of the vouchers it funded. A refund is never declined, since
 * the tokens are the party's own.
 */
export function refundVoucher(
  state: Wallet,
  { refundId, fromWalletId, tokens }: RefundVoucher,
  { lane }: DecisionContext<WalletLane>,
): Decided {
  const wallet = mustBeOpen(state);
  const { walletId, lots } = wallet;
  const came = { lotId: refundId, source: 'refund', transferable: true, parcels: lasting(tokens) } as const;
  const lot = lotsOf(lots, came)[0]!;
  const postings = moveTokens(tokens, laneAccount(lane, 'in-transit'), availableAccount(walletId));
  return [...reopened(wallet), VoucherRefunded({ walletId, fromWalletId, tokens, lot, postings })];
}
