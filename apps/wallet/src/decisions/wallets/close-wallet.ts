import { ClosureRefused, WalletClosed } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Decided } from '../rules/due.ts';
import { expireDue } from '../rules/due.ts';
import type { OpenedWallet, Wallet } from '../state/wallet.ts';
import type { WalletLane } from '../state/wallet-lane.ts';

/** Closes a wallet that owes nothing, holds nothing and expects nothing: no hold is open, no purchase waits to be paid, no plan grants more. */
export function closeWallet(state: Wallet, _command: object, context: DecisionContext<WalletLane>): Decided {
  const { wallet, expired } = expireDue(state, context);
  const { walletId, available, held } = wallet;
  if (wallet.debt > 0n) return [...expired, ClosureRefused({ walletId, code: 'WALLET.IN_DEBT', available, held })];
  if (isEmpty(wallet)) return [...expired, WalletClosed({ walletId, status: 'closed' })];
  return [...expired, ClosureRefused({ walletId, code: 'WALLET.NOT_EMPTY', available, held })];
}

const isEmpty = ({ available, holds, pending, plan }: OpenedWallet): boolean =>
  available === 0n && holds.length === 0 && pending.length === 0 && plan === null;
