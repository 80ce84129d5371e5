import { mostSumsOfEvent, UsesAccrued } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Decided } from '../rules/decided.ts';
import { firstDayOutside } from '../state/days.ts';
import { type SettlementLane, settlementLane } from '../state/settlement-lane.ts';
import { noTotals } from '../state/totals.ts';
import { advancesFor, type PlacedUse } from './advances.ts';
import { type AccruedUse, Sums } from './sums.ts';

/** Charged and refunded uses of one `WalletCharged` event, by its sequence in the wallet's lane. */
export interface Charge {
  readonly sequence: number;
  readonly uses: readonly AccruedUse[];
}

/** Charges of a wallet lane, in its order: all from one sequence to another that charged uses. */
export interface AccrueUses {
  readonly walletLane: number;
  readonly charges: readonly Charge[];
}

/** All charges of a command are accrued already: nothing is left to state. */
export class AccruedBefore extends Error {
  override readonly name = 'AccruedBefore';
}

/**
 * Accrues the shares of charged uses, and takes back those of refunded ones: each use to its day
 * while that day is open in this lane; otherwise to the first open day after it, with the late day
 * stated. It never goes back: a closed day has reported its totals.
 *
 * The operator advances refunds beyond a party's earnings of the period.
 *
 * The lane remembers up to which charge of a wallet lane it has accrued, so a charge that comes
 * again is passed over, in whatever batch. One event takes all that is left, unless it would get
 * too large.
 * @throws AccruedBefore where nothing is left
 */
export function accrueUses(
  lane: SettlementLane,
  { walletLane, charges }: AccrueUses,
  { calendar }: DecisionContext,
): Decided {
  const accruedTo = lane.accruedTo.get(walletLane) ?? 0;
  const left = charges.filter(({ sequence }) => sequence > accruedTo);
  if (left.length === 0) throw new AccruedBefore(`wallet lane ${walletLane} is accrued up to ${accruedTo}`);
  let state = lane;
  return batchesOf(left).map((batch) => {
    const sums = new Sums(calendar.timeZone);
    const placed: PlacedUse[] = [];
    for (const { uses } of batch) {
      for (const use of uses) {
        const day = calendar.dayOf(Date.parse(use.time));
        const period = firstDayOutside(lane.closed, day);
        sums.add(period, period === day ? undefined : day, use);
        placed.push({ period, use });
      }
    }
    const { open } = state;
    const advances = advancesFor(placed, (period) => open.get(period) ?? noTotals);
    const event = UsesAccrued({
      walletLane,
      from: batch[0]!.sequence,
      to: batch.at(-1)!.sequence,
      uses: sums.uses,
      tokens: sums.tokens,
      periods: sums.listed((period) => [...(advances.get(period) ?? [])]),
    });
    state = settlementLane.evolve(state, event);
    return event;
  });
}

/**
 * Charges in batches of at most {@link mostSumsOfEvent} shares, so that no event gets more sums. A
 * single charge never has as many.
 */
function batchesOf(charges: readonly Charge[]): readonly (readonly Charge[])[] {
  const batches: Charge[][] = [];
  let shares = 0;
  for (const charge of charges) {
    const more = charge.uses.reduce((sum, use) => sum + use.shares.length, 0);
    shares += more;
    if (batches.length === 0 || shares > mostSumsOfEvent) {
      batches.push([charge]);
      shares = more;
    } else batches.at(-1)!.push(charge);
  }
  return batches;
}
