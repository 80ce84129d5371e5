import type { Handler } from './model.ts';
import type { Consequences, ModelWallet } from './state.ts';
import { known } from './state.ts';
import { upToDate } from './due.ts';
import { totalOf } from './lots.ts';
import { latestOf } from './suspensions.ts';

const statusOf = ({ closed, frozenBy }: ModelWallet): string =>
  closed ? 'closed' : frozenBy.size > 0 ? 'frozen' : 'open';

/**
 * domain.md "freeze and unfreeze", "Suspending a party stops its spending everywhere": refusal by
 * status, whatever the debt.
 */
export function barredByStatus(wallet: ModelWallet): { readonly code: string } | undefined {
  const status = statusOf(wallet);
  return status === 'open' ? undefined : { code: `WALLET.${status.toUpperCase()}` };
}

/**
 * Refusal of tokens that leave a wallet, are bought on the bill or go under a hold; rules "Debt
 * blocks".
 */
export const statusRefused = (wallet: ModelWallet): { readonly code: string } | undefined =>
  barredByStatus(wallet) ?? (wallet.debt > 0n ? { code: 'WALLET.IN_DEBT' } : undefined);

/** Refusal of a grant by status. */
export const closedRefused = ({ closed }: ModelWallet) => (closed ? { code: 'WALLET.CLOSED' } : undefined);

/** Reopens a closed wallet for tokens owed to its party. */
export function* letIn(wallet: ModelWallet): Consequences {
  if (!wallet.closed) return;
  wallet.closed = false;
  yield { type: 'WalletReopened', data: { walletId: wallet.id, status: statusOf(wallet) } };
}

/**
 * rules "Suspension and reinstatement": a party's own wallet is frozen like its memberships are
 * suspended.
 */
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

/** A freezer lifts only its own freeze. */
const unfreezeWallet: Handler = function* (model, { walletId, by, partyRevision }) {
  const wallet = model.wallet(walletId);
  if (by === 'suspension') return yield* followParty(wallet, false, partyRevision);
  wallet.frozenBy.delete(by);
  yield { type: 'WalletUnfrozen', data: { walletId, status: statusOf(wallet), by } };
};

/** Closes only an empty wallet without debt or awaited tokens. */
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

/** Handlers of a wallet's status, by command. */
export const statusHandlers: Readonly<Record<string, Handler>> = {
  freezeWallet,
  unfreezeWallet,
  closeWallet,
  reopenWallet,
};
