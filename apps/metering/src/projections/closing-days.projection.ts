import type { EventOf, PeriodClosing } from '@tokengrid/contracts';
import type { Projection } from '@tokengrid/event-store';

/** Days whose settlement has begun: only the operator corrects uses of them. */
export const closingDays: Projection<EventOf<typeof PeriodClosing>, Set<string>> = {
  name: 'closing-days',
  tables: ['closing_days'],
  streamsApart: true,
  begin: () => new Set(),
  on: { PeriodClosing: (days, { data: { period } }) => void days.add(period) },
  async flush(sql, days) {
    await sql.query('insert into closing_days (period) select unnest($1::text[]) on conflict do nothing', [[...days]]);
  },
};
