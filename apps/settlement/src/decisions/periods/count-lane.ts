import { type EventOf, instantOf, LaneCounted, PeriodClosed, StatementMade } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Decided } from '../rules/decided.ts';
import { book, type Book } from '../state/book.ts';
import { statementsOf } from './statements.ts';

/** A lane's report of its accruals to the period that it has closed. */
export type CountLane = EventOf<typeof LaneCounted>['data'];

/**
 * Adds a lane's totals to its period. The last lane closes the period: one decision makes all
 * statements.
 */
export function countLane(before: Book, data: CountLane, { lanes, time }: DecisionContext): Decided {
  const { period, timeZone, lane } = data;
  if (before.counting.get(period)?.lanes.has(lane)) throw new Error(`lane ${lane} is counted for ${period} already`);
  const counted = LaneCounted(data);
  const after = book.evolve(before, counted);
  const counting = after.counting.get(period)!;
  if (counting.lanes.size < lanes) return [counted];
  const statements = statementsOf({ period, timeZone }, counting.totals);
  const closed = PeriodClosed({
    period,
    timeZone,
    uses: counting.totals.uses,
    tokens: [...counting.totals.escrow.values()].reduce((sum, tokens) => sum + tokens, 0n),
    statements: statements.length,
    closedAt: instantOf(time),
  });
  return [counted, ...statements.map((statement) => StatementMade(statement)), closed];
}
