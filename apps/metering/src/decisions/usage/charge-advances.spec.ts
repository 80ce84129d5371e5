import { describe, expect, it } from '@jest/globals';
import type { EventOf, UsageRated } from '@tokengrid/contracts';
import { payer } from '../state/payer.ts';
import { chargeAdvances } from './charge-advances.ts';

const [one, other] = ['a', 'b'].map((letter) => `org_${letter.repeat(26)}`) as [string, string];
const advance = (partyId: string, period = '2026-01-01', role: 'provider' | 'developer' = 'provider') => {
  const advances = [{ partyId, role, period, tokens: 7n }];
  const command = { partyId, accruedBy: 'settlement/0/7', time: '2026-01-02T00:00:00.000Z', advances };
  const [event] = chargeAdvances(payer.initial, command) as [EventOf<typeof UsageRated>];
  return event.data.uses[0]!;
};

describe('an advance of the operator', () => {
  it('is a use of its own for each party, period and role of one accrual', () => {
    const all = [advance(one), advance(other), advance(one, '2026-01-02'), advance(one, '2026-01-01', 'developer')];
    expect(new Set(all.map(({ usageId }) => usageId)).size).toBe(4);
    expect(new Set(all.map(({ chargeId }) => chargeId)).size).toBe(4);
    expect(advance(one)).toEqual(all[0]);
  });

  it('is earned by the operator alone', () => {
    expect(advance(one)).toMatchObject({ tokens: 7n, shares: [{ role: 'operator', tokens: 7n }] });
  });
});
