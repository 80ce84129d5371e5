import type { Handler } from './model.ts';
import type { Consequences, ModelWallet } from './state.ts';
import { known } from './state.ts';
import { upToDate } from './due.ts';
import { totalOf } from './lots.ts';
import { latestOf } from './suspensions.ts';

const statusOf = ({ closed, frozenBy }: ModelWallet): string =>
  closed ? 'closed' : frozenBy.size > 0 ? 'frozen' : 'open';

/**
 * domain.md "freeze and unfreeze", "Suspending a party stops its spending everywhere": why nothing
 * moves, whatever it owes.
 */
export function barredByStatus(wallet: ModelWallet): { readonly code: string } | undefined {
  const status = statusOf(wallet);
  return status === 'open' ? undefined : { code: `WALLET.${status.toUpperCase()}` };
}

/**
 * Why nothing may leave a wallet, nor be bought on the bill or set aside for it; rules "Debt
 * blocks".
 */
export const statusRefused = (wallet: ModelWallet): { readonly code: string } | undefined =>
  barredByStatus(wallet) ?? (wallet.debt > 0n ? { code: 'WALLET.IN_DEBT' } : undefined);

/** Why nothing may be given to a wallet. */
export const closedRefused = ({ closed }: ModelWallet) => (closed ? { code: 'WALLET.CLOSED' } : undefined);

/** What is owed to a party comes in although its wallet is closed, which opens it again. */
export function* letIn(wallet: ModelWallet): Consequences {
  if (!wallet.closed) return;
  wallet.closed = false;
  yield { type: 'WalletReopened', data: { walletId: wallet.id, status: statusOf(wallet) } };
}

/** rules "Suspension and reinstatement": as who is a member is, so is its own wallet. */
function* followParty(wallet: ModelWallet, suspends: boolean, revision: number): Consequences {
  const { partyRevision, isSuspended } = latestOf(wallet.told.set(revision, suspends));
  if (isSuspended) wallet.frozenBy.add('suspension');
  else wallet.frozenBy.delete('suspension');
  const data = { walletId: wallet.id, status: statusOf(wallet), by: 'suspension', partyRevision };
  yield { type: isSuspended ? 'WalletFrozen' : 'WalletUnfrozen', data };
}

const freezeWallet: Handler = function* (model, { walletId, by, reason, partyRevision }) {
  const wallet = model.wallet(walletId);
  if (by === 'suspension') return yield* followParty(wallet, true, partyRevision);
  wallet.frozenBy.add(by);
  yield { type: 'WalletFrozen', data: known({ walletId, status: statusOf(wallet), by, reason }) };
};

/** Each freezer undoes only its own freeze. */
const unfreezeWallet: Handler = function* (model, { walletId, by, partyRevision }) {
  const wallet = model.wallet(walletId);
  if (by === 'suspension') return yield* followParty(wallet, false, partyRevision);
  wallet.frozenBy.delete(by);
  yield { type: 'WalletUnfrozen', data: { walletId, status: statusOf(wallet), by } };
};

/** Only what is empty, owes nothing, and to which nothing will come, is closed. */
const closeWallet: Handler = upToDate(function* (model, wallet) {
  const { id: walletId, lots, holds, purchases, plan } = wallet;
  const available = totalOf(lots);
  const waits = [...purchases.values()].some(({ status }) => status === 'pending');
  const isEmpty = available === 0n && holds.size === 0 && !waits && plan === null;
  if (isEmpty && wallet.debt === 0n) {
    wallet.closed = true;
    return yield { type: 'WalletClosed', data: { walletId, status: 'closed' } };
  }
  const held = model.accounts.of(`wallet:${walletId}:held`);
  const code = wallet.debt > 0n ? 'WALLET.IN_DEBT' : 'WALLET.NOT_EMPTY';
  yield { type: 'ClosureRefused', data: { walletId, code, available, held } };
});

/** rules "Reopening". */
const reopenWallet: Handler = function* (model, { walletId }) {
  const wallet = model.wallet(walletId);
  if (wallet.closed) {
    wallet.closed = false;
    return yield { type: 'WalletReopened', data: { walletId, status: statusOf(wallet), by: 'operator' } };
  }
  yield { type: 'ReopeningRefused', data: { walletId, code: 'WALLET.NOT_CLOSED' } };
};

/** What a wallet may do, by the names of the decisions. */
export const statusHandlers: Readonly<Record<string, Handler>> = {
  freezeWallet,
  unfreezeWallet,
  closeWallet,
  reopenWallet,
};
