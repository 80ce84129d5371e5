import { describe, expect, it } from '@jest/globals';
import { LaneClosed, UsageAccrued } from '@tokengrid/contracts';
import { givenFor } from '@tokengrid/kernel';
import { closeLane } from './close-lane.ts';
import { developer, freeUse, provider, use } from '../examples.fixture.ts';
import { settlementLane } from '../state/settlement-lane.ts';

const given = givenFor(settlementLane);
const period = '2026-01-01';

describe('closeLane', () => {
  it('says what the lane accrued: by party and role, and by the wallet lane that holds it', () => {
    given(
      UsageAccrued({ ...use, period, timeZone: 'UTC' }),
      UsageAccrued({ ...use, period, timeZone: 'UTC', walletLane: 0 }),
      UsageAccrued({ ...freeUse, period, timeZone: 'UTC' }),
      UsageAccrued({ ...use, period: '2026-01-02', timeZone: 'UTC' }),
    )
      .when(closeLane, { period, timeZone: 'UTC' })
      .then(
        LaneClosed({
          period,
          timeZone: 'UTC',
          uses: 3,
          earned: [
            { partyId: 'operator', role: 'operator', tokens: 200n, uses: 3 },
            { partyId: developer, role: 'developer', tokens: 0n, uses: 3 },
            { partyId: provider, role: 'provider', tokens: 1800n, uses: 3 },
          ],
          escrow: [
            { walletLane: 0, tokens: 1000n },
            { walletLane: 2, tokens: 1000n },
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
