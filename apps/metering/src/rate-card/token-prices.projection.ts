import type { EventOf, TokenPriceSet, TokenPriceWithdrawn } from '@tokengrid/contracts';
import type { Projection } from '@tokengrid/event-store';

interface Batch {
  readonly posted: EventOf<typeof TokenPriceSet>['data'][];
  /** Versions. */
  readonly withdrawn: number[];
}

/** Prices of a token in the operator's currency, which cost reports for accountants state. */
export const tokenPrices: Projection<EventOf<typeof TokenPriceSet | typeof TokenPriceWithdrawn>, Batch> = {
  name: 'token-prices',
  tables: ['token_prices'],
  begin: () => ({ posted: [], withdrawn: [] }),
  on: {
    TokenPriceSet: ({ posted }, { data }) => void posted.push(data),
    TokenPriceWithdrawn: ({ withdrawn }, { data }) => void withdrawn.push(data.priceVersion),
  },
  async flush(sql, { posted, withdrawn }) {
    if (posted.length > 0) {
      await sql.query(insert, [
        posted.map(({ priceVersion }) => priceVersion),
        posted.map(({ currency }) => currency),
        posted.map(({ buy }) => buy.toString()),
        posted.map(({ effectiveFrom }) => Date.parse(effectiveFrom)),
      ]);
    }
    if (withdrawn.length > 0) {
      await sql.query('update token_prices set withdrawn = true where price_version = any($1::int[])', [withdrawn]);
    }
  },
};

const insert = `
  insert into token_prices (price_version, currency, buy, effective_from)
  select * from unnest($1::int[], $2::text[], $3::numeric[], $4::bigint[])`;
