import { type AccruedPeriod, type Earned, type EscrowShare, operatorPartyId } from '@tokengrid/contracts';

/** Earnings of a period by party and role, and the wallet lanes whose escrow holds them. */
export interface Totals {
  readonly uses: number;
  readonly earned: ReadonlyMap<string, Earned>;
  /** Tokens by wallet lane. Their sum equals that of the earnings. */
  readonly escrow: ReadonlyMap<number, bigint>;
}

export const noTotals: Totals = { uses: 0, earned: new Map(), escrow: new Map() };

/**
 * Totals with more uses, which a wallet lane's escrow holds the tokens of; the operator advances.
 */
export function withAccrued(
  totals: Totals,
  walletLane: number,
  { uses, tokens, sums, advanced }: AccruedPeriod,
): Totals {
  const earned = new Map(totals.earned);
  for (const sum of sums) addEarned(earned, sum);
  for (const advance of advanced) {
    addEarned(earned, { ...advance, uses: 0 });
    addEarned(earned, { partyId: operatorPartyId, role: 'operator', tokens: -advance.tokens, uses: 0 });
  }
  const escrow = new Map(totals.escrow).set(walletLane, (totals.escrow.get(walletLane) ?? 0n) + tokens);
  return { uses: totals.uses + uses, earned, escrow };
}

/** A lane's totals of a period as lists, the form of events. */
export interface ListedTotals {
  readonly uses: number;
  readonly earned: readonly Earned[];
  readonly escrow: readonly EscrowShare[];
}

/** Totals with those of one more lane. */
export function withLane(totals: Totals, lane: ListedTotals): Totals {
  const earned = new Map(totals.earned);
  for (const line of lane.earned) addEarned(earned, line);
  const escrow = new Map(totals.escrow);
  for (const { walletLane, tokens } of lane.escrow) escrow.set(walletLane, (escrow.get(walletLane) ?? 0n) + tokens);
  return { uses: totals.uses + lane.uses, earned, escrow };
}

/** Totals as lists, by party and role, and by wallet lane: equal totals give equal lists. */
export function listed({ uses, earned, escrow }: Totals): { uses: number; earned: Earned[]; escrow: EscrowShare[] } {
  return {
    uses,
    earned: [...earned].sort(byKey).map(([, line]) => line),
    escrow: [...escrow]
      .filter(([, tokens]) => tokens !== 0n)
      .sort(([a], [b]) => a - b)
      .map(([walletLane, tokens]) => ({ walletLane, tokens })),
  };
}

/** Earnings of a party in a role. */
export const earnedBy = ({ earned }: Totals, { partyId, role }: Pick<Earned, 'partyId' | 'role'>): bigint =>
  earned.get(`${partyId} ${role}`)?.tokens ?? 0n;

function addEarned(earned: Map<string, Earned>, { partyId, role, tokens, uses }: Earned): void {
  const key = `${partyId} ${role}`;
  const before = earned.get(key);
  earned.set(key, { partyId, role, tokens: (before?.tokens ?? 0n) + tokens, uses: (before?.uses ?? 0) + uses });
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
