import type { bookEvents, EventOf, EventsOf, PeriodClosed, PeriodClosing, periodEvents } from '@tokengrid/contracts';
import type { Projection } from '@tokengrid/event-store';
import type { Recorded } from '@tokengrid/kernel';

interface Batch {
  readonly closing: Recorded<EventOf<typeof PeriodClosing>>[];
  readonly counted: Map<string, number>;
  readonly closed: EventOf<typeof PeriodClosed>['data'][];
}

/**
 * Progress of each period's closing. A row's values come from two lanes, the period's and the
 * book's, so each event sets columns of its own, whichever lane is replayed first.
 */
export const periodClosings: Projection<EventsOf<typeof periodEvents | typeof bookEvents>, Batch> = {
  name: 'periods',
  tables: ['periods'],
  begin: () => ({ closing: [], counted: new Map(), closed: [] }),
  on: {
    PeriodClosing: (batch, event) => void batch.closing.push(event),
    LaneCounted: ({ counted }, { data: { period } }) => void counted.set(period, (counted.get(period) ?? 0) + 1),
    PeriodClosed: (batch, { data }) => void batch.closed.push(data),
    PeriodCloseRepeated: 'ignored',
    PeriodCloseRefused: 'ignored',
    StatementMade: 'ignored',
  },
  async flush(sql, { closing, counted, closed }) {
    if (closing.length > 0) {
      await sql.query(
        `insert into periods (period, early, lanes, closing_at)
         select * from unnest($1::text[], $2::boolean[], $3::int[], $4::bigint[])
         on conflict (period) do update
           set early = excluded.early, lanes = excluded.lanes, closing_at = excluded.closing_at`,
        [
          closing.map(({ data }) => data.period),
          closing.map(({ data }) => data.early),
          closing.map(({ data }) => data.lanes),
          closing.map(({ time }) => time),
        ],
      );
    }
    if (counted.size > 0) {
      await sql.query(
        `insert into periods (period, lanes_counted) select * from unnest($1::text[], $2::int[])
         on conflict (period) do update set lanes_counted = periods.lanes_counted + excluded.lanes_counted`,
        [[...counted.keys()], [...counted.values()]],
      );
    }
    if (closed.length > 0) {
      await sql.query(
        `insert into periods (period, uses, tokens, statements, closed_at)
         select * from unnest($1::text[], $2::bigint[], $3::numeric[], $4::int[], $5::bigint[])
         on conflict (period) do update
           set uses = excluded.uses, tokens = excluded.tokens, statements = excluded.statements, closed_at = excluded.closed_at`,
        [
          closed.map(({ period }) => period),
          closed.map(({ uses }) => uses),
          closed.map(({ tokens }) => tokens.toString()),
          closed.map(({ statements }) => statements),
          closed.map(({ closedAt }) => Date.parse(closedAt)),
        ],
      );
    }
  },
};
