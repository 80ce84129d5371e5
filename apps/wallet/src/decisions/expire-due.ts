import type { WalletEvent } from '@tokengrid/contracts';
import { TokensExpired } from '@tokengrid/contracts';
import type { DecisionContext, OnSystemStream } from '@tokengrid/kernel';
import { freeCapacity } from './issuance.ts';
import type { WalletLot } from './lots.ts';
import { lotsTaken, sumOf } from './lots.ts';
import { availableAccount, laneAccount, moveTokens } from './postings.ts';
import type { OpenWallet, Wallet } from './wallet.ts';
import { mustBeOpen } from './wallet.ts';
import type { WalletLane } from './wallet-lane.ts';

/** What a decision about a wallet may state. */
export type Decided = readonly (WalletEvent | OnSystemStream<WalletEvent>)[];

/** A wallet in which nothing is due, and what to state first for that to be so. */
interface UpToDate {
  readonly wallet: OpenWallet;
  readonly expired: Decided;
}

const nothing: Decided = [];

/**
 * Every decision about a wallet starts here: lots that are due by the lane's time expire before anything else is decided, so that
 * no expired token is ever spent.
 * @throws WalletNotOpen
 */
export function expireDue(state: Wallet, { time, lane, system }: DecisionContext<WalletLane>): UpToDate {
  const wallet = mustBeOpen(state);
  const isDue = ({ expiresAt }: WalletLot) => expiresAt !== null && expiresAt <= time;
  const due = wallet.lots.filter(isDue);
  if (due.length === 0) return { wallet, expired: nothing };
  const { walletId } = wallet;
  const tokens = sumOf(due);
  const postings = moveTokens(tokens, availableAccount(walletId), laneAccount(lane, 'expired'));
  return {
    wallet: { ...wallet, available: wallet.available - tokens, lots: wallet.lots.filter((lot) => !isDue(lot)) },
    expired: [
      TokensExpired({ walletId, tokens, lots: lotsTaken(due), postings }),
      freeCapacity(walletId, tokens, system),
    ],
  };
}
