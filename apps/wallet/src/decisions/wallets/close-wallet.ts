import { ClosureRefused, WalletClosed } from '@tokengrid/contracts';
import { onWallet } from '../rules/due.ts';
import type { OpenedWallet } from '../state/wallet.ts';

/**
 * Closes a wallet. Refusals, in order: a debt, then any tokens, open hold, unpaid purchase or plan.
 */
export const closeWallet = onWallet('closeWallet', (wallet, _command: object) => {
  const { walletId, available, held } = wallet;
  if (wallet.debt > 0n) return [ClosureRefused({ walletId, code: 'WALLET.IN_DEBT', available, held })];
  if (isEmpty(wallet)) return [WalletClosed({ walletId, status: 'closed' })];
  return [ClosureRefused({ walletId, code: 'WALLET.NOT_EMPTY', available, held })];
});

const isEmpty = ({ available, holds, pending, plan }: OpenedWallet): boolean =>
  available === 0n && holds.length === 0 && pending.length === 0 && plan === null;
