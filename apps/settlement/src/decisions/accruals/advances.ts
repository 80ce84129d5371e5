import { type AccruedSum, type Advance, operatorPartyId } from '@tokengrid/contracts';
import { earnedBy, type Totals } from '../state/totals.ts';

/**
 * What the operator advances for further sums of an open period, so that nobody else's earnings of
 * it are below 0: a party that was paid for a use which was corrected later has earned nothing in
 * this period that could bear it. Its wallet is charged the advance.
 */
export function advancesFor(before: Totals, sums: readonly AccruedSum[]): Advance[] {
  const earners = new Map<string, Advance>();
  for (const { partyId, role, tokens } of sums) {
    if (partyId === operatorPartyId || role === 'operator') continue;
    const key = `${partyId} ${role}`;
    const earned = earners.get(key)?.tokens ?? earnedBy(before, { partyId, role });
    earners.set(key, { partyId, role, tokens: earned + tokens });
  }
  return [...earners.values()]
    .filter(({ tokens }) => tokens < 0n)
    .map((earner) => ({ ...earner, tokens: -earner.tokens }));
}
