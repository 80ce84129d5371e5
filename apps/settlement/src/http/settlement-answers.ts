import type { SettlementEvent } from '@tokengrid/contracts';
import { type Answers, problem } from '@tokengrid/service';

const closing = (period: string) => ({ status: 200, body: { period, status: 'closing' } });

/** What a command is answered with, by what it led to. All but the closing of a period are asked for by policies. */
export const settlementAnswers: Answers<SettlementEvent> = {
  PeriodClosing: ({ data }) => closing(data.period),
  PeriodCloseRepeated: ({ data }) => closing(data.period),
  PeriodCloseRefused: ({ data: { code, detail } }) => problem(409, code, detail),
  UsageAccrued: 'silent',
  LaneClosed: 'silent',
  LaneCounted: 'silent',
  StatementMade: 'silent',
  PeriodClosed: 'silent',
  StatementPaid: 'silent',
};
