import type { Projection, SqlWriter } from '@tokengrid/event-store';
import type { PurseEvent } from './purse-domain.ts';

/** Sums by purse, in which a repeated or missing message shows. */
function sumsByPurse(name: string, table: string): Projection<PurseEvent, Map<string, bigint>> {
  const add = (sums: Map<string, bigint>, purse: string, tokens: bigint) =>
    void sums.set(purse, (sums.get(purse) ?? 0n) + tokens);
  return {
    name,
    tables: [table],
    begin: () => new Map(),
    on: {
      Deposited: (sums, { streamId, data }) => add(sums, streamId, data.tokens),
      Received: (sums, { streamId, data }) => add(sums, streamId, data.tokens),
      Sent: (sums, { streamId, data }) => add(sums, streamId, -data.tokens),
      SendRefused: 'ignored',
      // Of one release only.
      ...({ Counted: 'ignored' } as object),
    },
    flush: async (sql: SqlWriter, sums, lane) => {
      await sql.query(
        `insert into ${table} (lane, purse, tokens)
         select $1::int, change.* from unnest($2::text[], $3::numeric[]) change
         on conflict (lane, purse) do update set tokens = ${table}.tokens + excluded.tokens`,
        [lane, [...sums.keys()], [...sums.values()].map(String)],
      );
    },
  };
}

/** Written in the transaction that stores the events. */
export const purseBalances = sumsByPurse('purse-balances', 'purse_balances');
/** Written from the topic, as another service would. */
export const purseTotals = sumsByPurse('purse-totals', 'purse_totals');

export const projectionTables = ['purse_balances', 'purse_totals'];

export const createProjectionTables = projectionTables
  .map(
    (table) => `create table ${table} (lane int, purse text, tokens numeric(38) not null, primary key (lane, purse));`,
  )
  .join('\n');
