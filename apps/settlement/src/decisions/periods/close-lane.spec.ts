import { describe, expect, it } from '@jest/globals';
import { LaneClosed, type SettlementEvent } from '@tokengrid/contracts';
import { givenFor } from '@tokengrid/kernel';
import { closeLane } from './close-lane.ts';
import { accrueUses } from '../accruals/accrue-uses.ts';
import { developer, provider, use } from '../examples.fixture.ts';
import { settlementLane } from '../state/settlement-lane.ts';

const given = givenFor(settlementLane);
const period = '2026-01-01';

/** What a wallet lane's charges of uses of some days bring. */
const accrued = (walletLane: number, ...days: string[]) => {
  const uses = days.map((day) => ({ ...use, time: `${day}T08:00:00.000Z` }));
  return given().when(accrueUses, { walletLane, charges: [{ sequence: 1, uses }] }).decided as SettlementEvent[];
};

describe('closeLane', () => {
  it('says what the lane accrued: by party and role, and by the wallet lane that holds it', () => {
    given(...accrued(2, '2026-01-01', '2026-01-01'), ...accrued(0, '2026-01-01'), ...accrued(2, '2026-01-02'))
      .when(closeLane, { period, timeZone: 'UTC' })
      .then(
        LaneClosed({
          period,
          timeZone: 'UTC',
          uses: 3,
          earned: [
            { partyId: 'operator', role: 'operator', tokens: 300n, uses: 3 },
            { partyId: developer, role: 'developer', tokens: 900n, uses: 3 },
            { partyId: provider, role: 'provider', tokens: 1800n, uses: 3 },
          ],
          escrow: [
            { walletLane: 0, tokens: 1000n },
            { walletLane: 2, tokens: 2000n },
          ],
        }),
      );
  });

  it('closes a day without accruals: later ones go to the next day', () => {
    given()
      .when(closeLane, { period, timeZone: 'UTC' })
      .then(LaneClosed({ period, timeZone: 'UTC', uses: 0, earned: [], escrow: [] }));
  });

  it('closes a day once', () => {
    const closed = LaneClosed({ period, timeZone: 'UTC', uses: 0, earned: [], escrow: [] });
    expect(() => given(closed).when(closeLane, { period, timeZone: 'UTC' })).toThrow('has closed 2026-01-01 already');
  });
});
