import {
  encodeData,
  type EventOf,
  type EventsOf,
  type marketPolicyEvents,
  type MarketPolicySet,
} from '@tokengrid/contracts';
import type { Projection } from '@tokengrid/event-store';

type Batch = EventOf<typeof MarketPolicySet>['data'][];

/** All market policies, so that commands find the one in force. */
export const marketPoliciesSet: Projection<EventsOf<typeof marketPolicyEvents>, Batch> = {
  name: 'market-policies',
  tables: ['market_policies'],
  begin: () => [],
  on: {
    MarketPolicySet: (batch, { data }) => void batch.push(data),
    MarketPolicyProposed: 'ignored',
    MarketPolicyApproved: 'ignored',
    MarketPolicyRejected: 'ignored',
    MarketPolicyApprovalRefused: 'ignored',
  },
  async flush(sql, batch) {
    await sql.query(`insert into market_policies (version, policy) select * from unnest($1::int[], $2::jsonb[])`, [
      batch.map(({ version }) => version),
      batch.map((policy) => encodeData(policy).toString()),
    ]);
  },
};
