import { DebtPaid } from '@tokengrid/contracts';
import type { Decide, DecisionContext } from '@tokengrid/kernel';
import { afterDecided } from './after-decided.ts';
import type { WalletEvent } from '@tokengrid/contracts';
import type { Stated } from './decided.ts';
import { freeCapacity } from './issuance.ts';
import { burnDown, isTransferable, least, lotsTaken, sumOf } from '../state/lots.ts';
import { availableAccount, debtAccount, laneAccount, moveTokens } from './postings.ts';
import type { OpenedWallet, Wallet } from '../state/wallet.ts';
import type { WalletLane } from '../state/wallet-lane.ts';

type DecideWallet<Data> = Decide<Wallet, Data, WalletEvent, WalletLane>;

const known = new WeakMap<object, unknown>();

/**
 * The decision with a payment of the wallet's debt at its end. Tokens arrive, or return from holds,
 * by many decisions, and this is the one place common to all, so that debt and tokens to pay it
 * never coexist.
 */
export function payingDebt<Data>(decide: DecideWallet<Data>): DecideWallet<Data> {
  const found = known.get(decide) as DecideWallet<Data> | undefined;
  if (found) return found;
  const paying: DecideWallet<Data> = (state, data, context) => {
    const decided = decide(state, data, context);
    return !state.opened || state.debt === 0n ? decided : [...decided, ...payment(state, decided, context)];
  };
  // Logs identify decisions by name.
  Object.defineProperty(paying, 'name', { value: decide.name });
  known.set(decide, paying);
  return paying;
}

function payment(before: OpenedWallet, decided: Stated, context: DecisionContext<WalletLane>): Stated {
  const wallet = afterDecided(before, decided);
  const tokens = least(wallet.debt, sumOf(wallet.lots.filter(isTransferable)));
  if (tokens === 0n) return [];
  const { walletId } = wallet;
  const lots = lotsTaken(burnDown(wallet.lots, tokens, isTransferable));
  const postings = [
    ...moveTokens(tokens, availableAccount(walletId), laneAccount(context.lane, 'issuance')),
    ...moveTokens(tokens, laneAccount(context.lane, 'debts'), debtAccount(walletId)),
  ];
  return [
    DebtPaid({ walletId, tokens, debt: wallet.debt - tokens, lots, postings }),
    freeCapacity(walletId, tokens, context.system),
  ];
}
