import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Visible } from './visibility.ts';

/** How long windows are. All of them start at whole multiples of their length since the epoch, which is in UTC. */
export const windowMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/** What to add up. Times are epoch milliseconds. */
export interface TotalsQuery {
  readonly app?: string | undefined;
  readonly model?: string | undefined;
  readonly meter?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly window: keyof typeof windowMs;
  readonly limit: number;
}

/** Units of one meter in one window. `app` and `model` are empty where a use names none. */
export interface UsageTotal {
  readonly start: number;
  readonly party: string;
  readonly app: string;
  readonly model: string;
  readonly meter: string;
  /** A decimal string. */
  readonly units: string;
  readonly uses: number;
}

/** What orders totals: start of the window, party, app, model and meter. */
export type TotalKey = readonly [number, string, string, string, string];

type Row = Omit<UsageTotal, 'start' | 'uses'> & { readonly start: string; readonly uses: string };

/** Adds usage up from the charges when asked: exact, also for uses that arrive late, and nothing to keep up to date. */
@Injectable()
export class UsageTotals {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** At most `limit + 1` totals, by window, party, app, model and meter: those after the given ones. */
  async read(query: TotalsQuery, visible: Visible, after?: TotalKey): Promise<UsageTotal[]> {
    const { sql, parameters } = totalsSql(query, visible, after);
    const rows = await this.dataSource.query<Row[]>(sql, parameters);
    return rows.map((row) => ({ ...row, start: Number(row.start), uses: Number(row.uses) }));
  }
}

/** The statement: only what is asked for is in its conditions, so that an index fits. */
function totalsSql(
  query: TotalsQuery,
  visible: Visible,
  after?: TotalKey,
): { readonly sql: string; readonly parameters: unknown[] } {
  const { app, model, meter, from, to, window, limit } = query;
  const asked: readonly (readonly [column: string, operator: string, value: unknown])[] = [
    ['party_id', '=', visible.partyId],
    ['developer_id', '=', visible.developerId],
    ['provider_id', '=', visible.providerId],
    ['app', '=', app],
    ['model', '=', model],
    ['meter', '=', meter],
    ['used_at', '>=', from],
    ['used_at', '<', to],
  ];
  const conditions = asked.filter(([, , value]) => value !== undefined);
  const filters = conditions.map(([column, operator], index) => `${column} ${operator} $${index + 1}`);
  const parameters = conditions.map(([, , value]) => value);
  const start = `used_at - used_at % ${windowMs[window]}`;
  if (after) {
    const places = after.map((_, index) => `$${parameters.length + index + 1}`);
    filters.push(`(${start}, party_id, coalesce(app, ''), coalesce(model, ''), meter) > (${places.join(', ')})`);
    parameters.push(...after);
  }
  const sql = `
    select ${start} as start, party_id as party, coalesce(app, '') as app, coalesce(model, '') as model, meter,
      trim_scale(sum(count::numeric))::text as units, count(*) as uses
    from charges cross join lateral jsonb_each_text(units) as used (meter, count)
    ${filters.length === 0 ? '' : `where ${filters.join(' and ')}`}
    group by 1, 2, 3, 4, 5
    order by 1, 2, 3, 4, 5
    limit ${limit + 1}`;
  return { sql, parameters };
}
