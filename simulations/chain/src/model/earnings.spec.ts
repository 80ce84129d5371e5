import { describe, expect, it } from '@jest/globals';
import { type Collected, EarningsLane } from './earnings.ts';

const use: Collected = {
  ...{ usageId: 'usg', day: '2026-02-28', model: 'swift', priceVersion: 'model:swift@1', units: { calls: '1.5' } },
  tokens: 10n,
  isFirst: true,
  earners: [
    { role: 'operator', partyId: 'operator', tokens: 1n },
    { role: 'provider', partyId: 'provider', tokens: 9n },
  ],
};

describe('the reference model of earnings', () => {
  it('adds up what uses of a day brought, and says of what', () => {
    const { sums, units } = new EarningsLane().accrue(2, [use, use]);
    expect(sums.all).toEqual([
      '2026-02-28  operator operator   swift model:swift@1: 2 of 2',
      '2026-02-28  provider provider   swift model:swift@1: 18 of 2',
    ]);
    expect(
      units.of(
        '2026-02-28',
        undefined,
        'provider',
        'provider',
        undefined,
        undefined,
        'swift',
        'model:swift@1',
        'calls',
      ),
    ).toEqual({ tokens: 3_000_000n, uses: 0 });
  });

  it('counts for the first open day what comes after a day was closed', () => {
    const lane = new EarningsLane();
    lane.accrue(0, [use]);
    lane.close('2026-02-28');
    lane.close('2026-03-01');
    lane.accrue(1, [use]);
    expect(lane.openDays).toEqual(['2026-03-02']);
    expect(lane.owedFor('2026-03-02').escrow.all).toEqual(['1: 10 of 1']);
    expect(lane.owedFor('2026-02-28').earned.all).toEqual(['operator operator: 1 of 1', 'provider provider: 9 of 1']);
  });

  it('has the operator lay out what somebody would owe, and owes nobody less than nothing', () => {
    const lane = new EarningsLane();
    const back = {
      ...use,
      usageId: 'back',
      tokens: -20n,
      earners: use.earners.map((each) => ({ ...each, tokens: each.tokens * -2n })),
    };
    lane.accrue(0, [use]);
    const { advances } = lane.accrue(0, [back, use]);
    expect(advances).toEqual([
      { usageId: 'back', day: '2026-02-28', role: 'provider', partyId: 'provider', tokens: 9n },
    ]);
    const { earned, advanced } = lane.owedFor('2026-02-28');
    expect([earned.of('operator', 'operator').tokens, earned.of('provider', 'provider').tokens]).toEqual([-9n, 9n]);
    expect(advanced.of('provider', 'provider').tokens).toBe(9n);
    expect(lane.openDays).toEqual(['2026-02-28']);
  });
});
