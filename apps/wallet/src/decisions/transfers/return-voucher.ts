import { VoucherReturnRefused } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Decided } from '../rules/due.ts';
import { expireDue } from '../rules/due.ts';
import { statusName } from '../state/status.ts';
import { isOfParty } from '../state/vouchers.ts';
import { vouchersBack } from '../rules/returned-vouchers.ts';
import type { OpenedWallet, Wallet } from '../state/wallet.ts';
import type { WalletLane } from '../state/wallet-lane.ts';

export interface ReturnVoucher {
  readonly voucherId: string;
}

/**
 * Gives back what is left of a voucher to the party that funded it. Refused, in this order, where the wallet is frozen or closed, where it
 * has no such voucher, and where the operator gave it: that ends by itself.
 */
export function returnVoucher(
  state: Wallet,
  { voucherId }: ReturnVoucher,
  context: DecisionContext<WalletLane>,
): Decided {
  const { wallet, expired } = expireDue(state, context);
  const { walletId } = wallet;
  const refused = (code: string): Decided => [...expired, VoucherReturnRefused({ walletId, voucherId, code })];
  const barred = barredBy(wallet);
  if (barred) return refused(barred);
  const lot = wallet.lots.find(({ lotId, voucher }) => lotId === voucherId && voucher !== undefined);
  if (!lot) return refused('NOT_FOUND');
  if (!isOfParty(lot)) return refused('WALLET.NOT_RETURNABLE');
  return [...expired, vouchersBack(walletId, [lot], context.lane, { givenBack: true })];
}

/** A debt does not keep what is another party's. */
function barredBy({ status }: OpenedWallet): string | undefined {
  switch (statusName(status)) {
    case 'open':
      return undefined;
    case 'frozen':
      return 'WALLET.FROZEN';
    case 'closed':
      return 'WALLET.CLOSED';
  }
}
