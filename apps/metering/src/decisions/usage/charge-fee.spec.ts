import { describe, expect, it } from '@jest/globals';
import { feeUsageId, operatorPartyId, UsageRated } from '@tokengrid/contracts';
import { givenFor } from '@tokengrid/kernel';
import { developer, subscriber } from '../examples.fixture.ts';
import { payer } from '../state/payer.ts';
import { chargeFee } from './charge-fee.ts';

const from = '2026-02-01T00:00:00.000Z';
const due = {
  ...{ subscriptionId: 'sbn_01jzz0000000000000000000s1', meter: 'monthly_fee' as const },
  ...{ slug: 'translate', partyId: subscriber, developerId: developer, version: 2, planId: 'pro' },
  ...{ operatorBps: 1250, from, fee: 1003n },
};

describe('chargeFee', () => {
  it('states the fee as a use of the subscriber, which the operator and the developer earn whole', () => {
    const usageId = feeUsageId(due.subscriptionId, from);
    const [event] = givenFor(payer)().when(chargeFee, due).decided;
    expect(event).toEqual(
      UsageRated({
        partyId: subscriber,
        uses: [
          {
            ...{ usageId, chargeId: usageId.replace('usg', 'chg'), source: 'tokengrid:subscription' },
            ...{ eventId: `${due.subscriptionId} ${from}`, reportedBy: operatorPartyId, time: from },
            ...{ app: 'translate', plan: 'pro', units: {}, tokens: 1003n },
            ...{ priceVersion: 'app:translate:pro@2', operatorBps: 1250 },
            lines: [{ of: 'app:translate:pro', meter: 'monthly_fee', units: '1003', unitPrice: '1', tokens: 1003n }],
            shares: [
              { role: 'operator', partyId: operatorPartyId, tokens: 125n },
              { role: 'developer', partyId: developer, tokens: 878n },
            ],
          },
        ],
      }),
    );
  });

  it('names the key that asked for it: its caps bind the charge', () => {
    const key = 'key_01jzz0000000000000000000k1';
    expect(givenFor(payer)().when(chargeFee, { ...due, key }).decided).toMatchObject([{ data: { uses: [{ key }] } }]);
  });
});
