import { VoucherReturned, walletIdOf } from '@tokengrid/contracts';
import type { WalletLot } from '../state/lots.ts';
import { lotsTaken, sumOf } from '../state/lots.ts';
import { availableAccount, laneAccount, moveTokens } from './postings.ts';

/** The event that returns vouchers of one funder. */
export function vouchersBack(
  walletId: string,
  lots: readonly WalletLot[],
  lane: number,
  more: { givenBack?: true } = {},
) {
  const tokens = sumOf(lots);
  const postings = moveTokens(tokens, availableAccount(walletId), laneAccount(lane, 'in-transit'));
  const funderWalletId = walletIdOf(lots[0]!.voucher!.funder);
  return VoucherReturned({ walletId, funderWalletId, tokens, ...more, lots: lotsTaken(lots), postings });
}
