import { describe, expect, it } from '@jest/globals';
import { UsageRated } from '@tokengrid/contracts';
import { chargeId, partyId, usageId } from '../decisions/examples.fixture.ts';
import { chargeFor } from './when-usage-rated-charge-wallet.ts';

describe('when usage is rated, charge the wallet', () => {
  const rated = (tokens: bigint) =>
    UsageRated({
      usageId,
      source: 'spec',
      eventId: '1',
      reportedBy: 'operator',
      partyId,
      time: '2026-01-01T00:00:00.000Z',
      model: 'some-model',
      units: { input_tokens: '374' },
      tokens,
      priceVersion: 'model:some-model@1',
      lines: [],
      operatorBps: 1000,
      shares: [{ role: 'operator', partyId: 'operator', tokens }],
      chargeId,
    });

  it('charges what the use costs, and says what it was', () =>
    expect(chargeFor(rated(374n))).toStrictEqual({
      chargeId,
      usageId,
      tokens: 374n,
      use: {
        source: 'spec',
        eventId: '1',
        model: 'some-model',
        units: { input_tokens: '374' },
        priceVersion: 'model:some-model@1',
        time: '2026-01-01T00:00:00.000Z',
      },
    }));

  it('leaves alone what is free', () => expect(chargeFor(rated(0n))).toBeUndefined());
});
