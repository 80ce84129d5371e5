import type { MoneyBackKind } from '@tokengrid/contracts';
import { least } from './lots.ts';

/**
 * Sums of a purchase's notices in minor units. Only the sums matter, so the notices' order does
 * not.
 */
export interface Tallies {
  readonly refunded: bigint;
  readonly disputed: bigint;
  /** Disputes won by the operator. */
  readonly won: bigint;
}

export const noTallies: Tallies = { refunded: 0n, disputed: 0n, won: 0n };

const tallyOf = { refunded: 'refunded', disputed: 'disputed', dispute_won: 'won' } as const;

/** Sum of earlier notices of a kind. */
export const saidBefore = (tallies: Tallies, kind: MoneyBackKind): bigint => tallies[tallyOf[kind]];

/** The sums after one more notice. */
export const tallied = ({ refunded, disputed, won }: Tallies, kind: MoneyBackKind, amount: bigint): Tallies => {
  const tallies = { refunded, disputed, won };
  return { ...tallies, [tallyOf[kind]]: tallies[tallyOf[kind]] + amount };
};

/** Minor units that went back for good, up to the amount paid. */
export function reversedOf({ refunded, disputed, won }: Tallies, paid: bigint): bigint {
  const lost = disputed > won ? disputed - won : 0n;
  return least(paid, refunded + lost);
}

/** µAIT bought by a part of the paid money, rounded up; the whole buys all. */
export const tokensFor = (money: bigint, { paid, credited }: { readonly paid: bigint; readonly credited: bigint }) =>
  money === 0n ? 0n : (credited * money + paid - 1n) / paid;
