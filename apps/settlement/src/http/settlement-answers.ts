import type { SettlementEvent } from '@tokengrid/contracts';
import { type Answers, refusalOf } from '@tokengrid/service';

const closing = (period: string) => ({ status: 200, body: { period, status: 'closing' } });

/** Answers of settlement's events. Policies send all commands but the closing of a period. */
export const settlementAnswers: Answers<SettlementEvent> = {
  PeriodClosing: ({ data }) => closing(data.period),
  PeriodCloseRepeated: ({ data }) => closing(data.period),
  PeriodCloseRefused: refusalOf,
  UsesAccrued: 'silent',
  LaneClosed: 'silent',
  LaneCounted: 'silent',
  StatementMade: 'silent',
  PeriodClosed: 'silent',
  StatementPaid: 'silent',
};
