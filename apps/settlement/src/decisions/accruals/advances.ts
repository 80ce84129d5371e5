import { type Advance, operatorPartyId } from '@tokengrid/contracts';
import type { Day } from '../state/days.ts';
import { earnedBy, type Totals } from '../state/totals.ts';
import type { AccruedUse } from './sums.ts';

/** A use, and the period that it is accrued to. */
export interface PlacedUse {
  readonly period: Day;
  readonly use: AccruedUse;
}

/**
 * What the operator advances for further uses of open periods, so that nobody else's earnings of
 * one are below 0: a party that was paid for a use which was corrected later has earned nothing in
 * this period that could bear it. Its wallet is charged the advance.
 *
 * Uses count one after another, so what is advanced is the same in whatever batches they are read.
 * @param before totals of a period before these uses
 */
export function advancesFor(
  placed: readonly PlacedUse[],
  before: (period: Day) => Totals,
): ReadonlyMap<Day, readonly Advance[]> {
  const earned = new Map<string, bigint>();
  const advances = new Map<string, Advance & { readonly period: Day }>();
  if (!placed.some(({ use }) => use.shares.some(({ tokens }) => tokens < 0n))) return new Map();
  for (const { period, use } of placed) {
    for (const { partyId, role, tokens } of use.shares) {
      if (partyId === operatorPartyId || role === 'operator') continue;
      const key = `${period} ${partyId} ${role}`;
      const after = (earned.get(key) ?? earnedBy(before(period), { partyId, role })) + tokens;
      earned.set(key, after < 0n ? 0n : after);
      if (after >= 0n) continue;
      advances.set(key, { period, partyId, role, tokens: (advances.get(key)?.tokens ?? 0n) - after });
    }
  }
  return new Map(
    [...Map.groupBy(advances.values(), ({ period }) => period)].map(([period, of]) => [
      period,
      of.map(({ partyId, role, tokens }) => ({ partyId, role, tokens })),
    ]),
  );
}
