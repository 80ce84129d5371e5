import type { MoneyBackKind } from '@tokengrid/contracts';
import { least } from './lots.ts';

/**
 * Minor units of a purchase that notices spoke of. The sums alone count, so that the order of the
 * notices does not.
 */
export interface Tallies {
  readonly refunded: bigint;
  readonly disputed: bigint;
  /** Of disputes that the operator won. */
  readonly won: bigint;
}

export const noTallies: Tallies = { refunded: 0n, disputed: 0n, won: 0n };

const tallyOf = { refunded: 'refunded', disputed: 'disputed', dispute_won: 'won' } as const;

/** What notices of a kind said before. */
export const saidBefore = (tallies: Tallies, kind: MoneyBackKind): bigint => tallies[tallyOf[kind]];

/** The sums with one more notice. */
export const tallied = ({ refunded, disputed, won }: Tallies, kind: MoneyBackKind, amount: bigint): Tallies => {
  const tallies = { refunded, disputed, won };
  return { ...tallies, [tallyOf[kind]]: tallies[tallyOf[kind]] + amount };
};

/** Minor units that went back and did not return: of what was paid, and never more. */
export function reversedOf({ refunded, disputed, won }: Tallies, paid: bigint): bigint {
  const lost = disputed > won ? disputed - won : 0n;
  return least(paid, refunded + lost);
}

/** µAIT that so much of the paid money bought, rounded up: all of them for all of it. */
export const tokensFor = (money: bigint, { paid, credited }: { readonly paid: bigint; readonly credited: bigint }) =>
  money === 0n ? 0n : (credited * money + paid - 1n) / paid;
