import type { TokenPriceSet, WalletEvent } from '@tokengrid/contracts';
import type { EventOf } from '@tokengrid/contracts';
import type { Projection } from '@tokengrid/event-store';

type Batch = EventOf<typeof TokenPriceSet>['data'][];

/** All prices that the operator ever posted, so that purchases and sales find the one in force. */
export const tokenPricesPosted: Projection<WalletEvent, Batch> = {
  name: 'token-prices',
  tables: ['token_prices'],
  begin: () => [],
  on: {
    TokenPriceSet: (batch, { data }) => void batch.push(data),
    WalletOpened: 'ignored',
    CapacityDeclared: 'ignored',
    CapacityGranted: 'ignored',
    CapacityExhausted: 'ignored',
    CapacityReclaimed: 'ignored',
    CapacityReceived: 'ignored',
    CapacityReturned: 'ignored',
    CapacityUsed: 'ignored',
    CapacityFreed: 'ignored',
    TokensPurchased: 'ignored',
    PurchaseRefused: 'ignored',
    TokensSold: 'ignored',
    SaleRefused: 'ignored',
    TokensSent: 'ignored',
    TransferRefused: 'ignored',
    TokensReceived: 'ignored',
    TransferDeclined: 'ignored',
    TransferReturned: 'ignored',
    TokensGranted: 'ignored',
    GrantRefused: 'ignored',
    TokensExpired: 'ignored',
    WalletCharged: 'ignored',
    ChargeRefused: 'ignored',
    EscrowReleased: 'ignored',
    FeesCollected: 'ignored',
    EscrowRefused: 'ignored',
    EarningsReceived: 'ignored',
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
