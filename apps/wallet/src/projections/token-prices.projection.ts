import type { EventOf, EventsOf, tokenPriceEvents, TokenPriceSet } from '@tokengrid/contracts';
import type { Projection, SqlWriter } from '@tokengrid/event-store';

interface Batch {
  readonly posted: EventOf<typeof TokenPriceSet>['data'][];
  /** Versions. */
  readonly withdrawn: number[];
}

/** All posted prices, so that purchases and sales find the one in force. */
export const tokenPricesPosted: Projection<EventsOf<typeof tokenPriceEvents>, Batch> = {
  name: 'token-prices',
  tables: ['token_prices'],
  begin: () => ({ posted: [], withdrawn: [] }),
  on: {
    TokenPriceSet: ({ posted }, { data }) => void posted.push(data),
    TokenPriceWithdrawn: ({ withdrawn }, { data }) => void withdrawn.push(data.priceVersion),
    TokenPriceWithdrawalRefused: 'ignored',
    TokenPriceRefused: 'ignored',
    TokenPriceProposed: 'ignored',
    TokenPriceApproved: 'ignored',
    TokenPriceRejected: 'ignored',
    TokenPriceApprovalRefused: 'ignored',
  },
  async flush(sql, { posted, withdrawn }) {
    if (posted.length > 0) await insert(sql, posted);
    if (withdrawn.length > 0) {
      await sql.query('update token_prices set withdrawn = true where price_version = any($1::int[])', [withdrawn]);
    }
  },
};

async function insert(sql: SqlWriter, posted: Batch['posted']): Promise<void> {
  await sql.query(
    `insert into token_prices (price_version, currency, buy, sell_back, effective_from)
     select * from unnest($1::int[], $2::text[], $3::numeric[], $4::numeric[], $5::bigint[])`,
    [
      posted.map(({ priceVersion }) => priceVersion),
      posted.map(({ currency }) => currency),
      posted.map(({ buy }) => buy.toString()),
      posted.map(({ sellBack }) => sellBack.toString()),
      posted.map(({ effectiveFrom }) => Date.parse(effectiveFrom)),
    ],
  );
}
