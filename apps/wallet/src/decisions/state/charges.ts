import type { ChargedUse } from '@tokengrid/contracts';

/** Sums in µAIT that uses took of each lot. */
export function chargedLots(uses: readonly Pick<ChargedUse, 'lots'>[]): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const { lots } of uses) for (const { lotId, tokens } of lots) sums.set(lotId, (sums.get(lotId) ?? 0n) + tokens);
  return sums;
}

/** Sums in µAIT that count against each member. */
export function spendOfUses(uses: readonly Pick<ChargedUse, 'memberIds' | 'tokens'>[]): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const { memberIds = [], tokens } of uses) {
    for (const memberId of memberIds) sums.set(memberId, (sums.get(memberId) ?? 0n) + tokens);
  }
  return sums;
}
