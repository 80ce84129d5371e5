import type { ChargedUse, RefusedUse } from '@tokengrid/contracts';
import type { OutOfHold } from './holds.ts';

/** Sums in µAIT that uses took of each lot of the wallet, and not out of a hold. */
export function chargedLots(uses: readonly Pick<ChargedUse, 'lots' | 'held'>[]): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const { lots, held } of uses) {
    for (const { lotId, tokens } of lots) sums.set(lotId, (sums.get(lotId) ?? 0n) + tokens);
    for (const { lotId, tokens } of held ?? []) {
      const left = sums.get(lotId)! - tokens;
      if (left === 0n) sums.delete(lotId);
      else sums.set(lotId, left);
    }
  }
  return sums;
}

/** µAIT that uses took out of holds. */
export function heldOf(uses: readonly Pick<ChargedUse, 'held'>[]): bigint {
  let sum = 0n;
  for (const { held } of uses) for (const { tokens } of held ?? []) sum += tokens;
  return sum;
}

type Answered = Partial<Pick<ChargedUse, 'slice' | 'held'>>;

/** What charged and refused uses took of each slice's hold, and their last report. */
export function outOfHolds(charged: readonly Answered[], refused: readonly Pick<RefusedUse, 'slice'>[]): OutOfHold[] {
  const bySlice = new Map<string, { sliceId: string; report: number; lots: Map<string, bigint> }>();
  const all: readonly Answered[] = [...charged, ...refused];
  for (const { slice, held = [] } of all) {
    if (!slice) continue;
    const { sliceId, report } = slice;
    const out = bySlice.get(sliceId) ?? { sliceId, report, lots: new Map<string, bigint>() };
    bySlice.set(sliceId, out);
    out.report = Math.max(out.report, report);
    for (const { lotId, tokens } of held) out.lots.set(lotId, (out.lots.get(lotId) ?? 0n) + tokens);
  }
  return [...bySlice.values()];
}

/** Sums in µAIT that count against each member. */
export function spendOfUses(uses: readonly Pick<ChargedUse, 'memberIds' | 'tokens'>[]): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const { memberIds = [], tokens } of uses) {
    for (const memberId of memberIds) sums.set(memberId, (sums.get(memberId) ?? 0n) + tokens);
  }
  return sums;
}
