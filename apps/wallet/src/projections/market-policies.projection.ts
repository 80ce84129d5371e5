import type { EventOf, MarketPolicySet, WalletEvent } from '@tokengrid/contracts';
import {
  capacityEvents,
  feesEvents,
  encodeData,
  marketPolicyEvents,
  tokenPriceEvents,
  walletLaneEvents,
  walletStreamEvents,
} from '@tokengrid/contracts';
import type { Projection } from '@tokengrid/event-store';
import { ignoring } from '@tokengrid/event-store';

type Batch = EventOf<typeof MarketPolicySet>['data'][];

/** All that the operator ever allowed, so that commands find what is in force. */
export const marketPoliciesSet: Projection<WalletEvent, Batch> = {
  name: 'market-policies',
  tables: ['market_policies'],
  begin: () => [],
  on: {
    ...ignoring(marketPolicyEvents),
    ...ignoring(walletStreamEvents),
    ...ignoring(tokenPriceEvents),
    ...ignoring(capacityEvents),
    ...ignoring(feesEvents),
    ...ignoring(walletLaneEvents),
    MarketPolicySet: (batch, { data }) => void batch.push(data),
  },
  async flush(sql, batch) {
    await sql.query(`insert into market_policies (version, policy) select * from unnest($1::int[], $2::jsonb[])`, [
      batch.map(({ version }) => version),
      batch.map((policy) => encodeData(policy).toString()),
    ]);
  },
};
