import type { Consequences, Handler, ModelWallet } from './model.ts';
import { known } from './model.ts';
import { upToDate } from './model-expiry.ts';
import { totalOf } from './model-lots.ts';

const statusOf = ({ closed, frozenBy }: ModelWallet): string =>
  closed ? 'closed' : frozenBy.size > 0 ? 'frozen' : 'open';

/** Why nothing may leave a wallet, nor be bought or set aside for it. */
export function standingRefused(wallet: ModelWallet): { readonly code: string } | undefined {
  const status = statusOf(wallet);
  return status === 'open' ? undefined : { code: `WALLET.${status.toUpperCase()}` };
}

/** Why nothing may be given to a wallet. */
export const closedRefused = ({ closed }: ModelWallet) => (closed ? { code: 'WALLET.CLOSED' } : undefined);

/** What is owed to a party comes in although its wallet is closed, which opens it again. */
export function* letIn(wallet: ModelWallet): Consequences {
  if (!wallet.closed) return;
  wallet.closed = false;
  yield { type: 'WalletReopened', data: { walletId: wallet.id, status: statusOf(wallet) } };
}

const freezeWallet: Handler = function* (model, { walletId, by, reason }) {
  const wallet = model.wallet(walletId);
  wallet.frozenBy.add(by);
  yield { type: 'WalletFrozen', data: known({ walletId, status: statusOf(wallet), by, reason }) };
};

const unfreezeWallet: Handler = function* (model, { walletId, by }) {
  const wallet = model.wallet(walletId);
  wallet.frozenBy.delete(by);
  yield { type: 'WalletUnfrozen', data: { walletId, status: statusOf(wallet), by } };
};

/** Only what is empty, and to which nothing will come, is closed. */
const closeWallet: Handler = upToDate(function* (model, wallet) {
  const { id: walletId, lots, holds, pending, plan } = wallet;
  const available = totalOf(lots);
  if (available === 0n && holds.size === 0 && pending.size === 0 && plan === null) {
    wallet.closed = true;
    return yield { type: 'WalletClosed', data: { walletId, status: 'closed' } };
  }
  const held = model.accounts.of(`wallet:${walletId}:held`);
  yield { type: 'ClosureRefused', data: { walletId, code: 'WALLET.NOT_EMPTY', available, held } };
});

const reopenWallet: Handler = function* (model, { walletId }) {
  const wallet = model.wallet(walletId);
  if (!wallet.closed) return yield { type: 'ReopeningRefused', data: { walletId, code: 'WALLET.NOT_CLOSED' } };
  wallet.closed = false;
  yield { type: 'WalletReopened', data: { walletId, status: statusOf(wallet), by: 'operator' } };
};

/** What a wallet may do, by the names of the decisions. */
export const standingHandlers: Readonly<Record<string, Handler>> = {
  freezeWallet,
  unfreezeWallet,
  closeWallet,
  reopenWallet,
};
