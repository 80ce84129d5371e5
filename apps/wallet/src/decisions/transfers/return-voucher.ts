import { VoucherReturnRefused } from '@tokengrid/contracts';
import type { CodesOfCommand } from '../rules/decided.ts';
import { onWallet } from '../rules/due.ts';
import { statusName } from '../state/status.ts';
import { isOfParty } from '../state/vouchers.ts';
import { vouchersBack } from '../rules/returned-vouchers.ts';
import type { OpenedWallet } from '../state/wallet.ts';

export interface ReturnVoucher {
  readonly voucherId: string;
}

/**
 * Returns the rest of a voucher to the party that funded it. Refusals, in order: a frozen or closed
 * wallet, no such voucher, a voucher of the operator (which ends by expiry only).
 */
export const returnVoucher = onWallet('returnVoucher', (wallet, { voucherId }: ReturnVoucher, context) => {
  const { walletId } = wallet;
  const refused = (code: CodesOfCommand<'returnVoucher'>) => [VoucherReturnRefused({ walletId, voucherId, code })];
  const barred = barredBy(wallet);
  if (barred) return refused(barred);
  const lot = wallet.lots.find(({ lotId, voucher }) => lotId === voucherId && voucher !== undefined);
  if (!lot) return refused('NOT_FOUND');
  if (!isOfParty(lot)) return refused('WALLET.NOT_RETURNABLE');
  return [vouchersBack(walletId, [lot], context.lane, { givenBack: true })];
});

/** The status that bars a return. Debt does not: the voucher's tokens are another party's. */
function barredBy({ status }: OpenedWallet) {
  switch (statusName(status)) {
    case 'open':
      return undefined;
    case 'frozen':
      return 'WALLET.FROZEN';
    case 'closed':
      return 'WALLET.CLOSED';
  }
}
