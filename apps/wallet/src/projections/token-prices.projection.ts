import type { TokenPriceSet, WalletEvent } from '@tokengrid/contracts';
import { capacityEvents, marketPolicyEvents, walletLaneEvents, walletStreamEvents } from '@tokengrid/contracts';
import type { EventOf } from '@tokengrid/contracts';
import { ignoring } from '@tokengrid/event-store';
import type { Projection } from '@tokengrid/event-store';

type Batch = EventOf<typeof TokenPriceSet>['data'][];

/** All prices that the operator ever posted, so that purchases and sales find the one in force. */
export const tokenPricesPosted: Projection<WalletEvent, Batch> = {
  name: 'token-prices',
  tables: ['token_prices'],
  begin: () => [],
  on: {
    ...ignoring(walletStreamEvents),
    ...ignoring(marketPolicyEvents),
    ...ignoring(capacityEvents),
    ...ignoring(walletLaneEvents),
    TokenPriceSet: (batch, { data }) => void batch.push(data),
    TokenPriceProposed: 'ignored',
    TokenPriceApproved: 'ignored',
    TokenPriceRejected: 'ignored',
    TokenPriceApprovalRefused: 'ignored',
  },
  async flush(sql, batch) {
    await sql.query(
      `insert into token_prices (price_version, currency, buy, sell_back, effective_from)
       select * from unnest($1::int[], $2::text[], $3::numeric[], $4::numeric[], $5::bigint[])`,
      [
        batch.map(({ priceVersion }) => priceVersion),
        batch.map(({ currency }) => currency),
        batch.map(({ buy }) => buy.toString()),
        batch.map(({ sellBack }) => sellBack.toString()),
        batch.map(({ effectiveFrom }) => Date.parse(effectiveFrom)),
      ],
    );
  },
};
