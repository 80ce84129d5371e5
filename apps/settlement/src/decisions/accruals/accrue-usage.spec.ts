import { describe, it } from '@jest/globals';
import { LaneClosed, UsageAccrued } from '@tokengrid/contracts';
import { givenFor } from '@tokengrid/kernel';
import { calendarOf } from '@tokengrid/service';
import { accrueUsage } from './accrue-usage.ts';
import { use } from '../examples.fixture.ts';
import { settlementLane } from '../state/settlement-lane.ts';

const given = givenFor(settlementLane);
const closed = (period: string) => LaneClosed({ period, timeZone: 'UTC', uses: 0, earned: [], escrow: [] });

describe('accrueUsage', () => {
  it('accrues to the day of the use', () => {
    given()
      .when(accrueUsage, use)
      .then(UsageAccrued({ ...use, period: '2026-01-01', timeZone: 'UTC' }));
  });

  it('accrues to the next day when the day is closed, and says which day it is late for', () => {
    given(closed('2026-01-01'))
      .when(accrueUsage, use)
      .then(UsageAccrued({ ...use, period: '2026-01-02', timeZone: 'UTC', lateFor: '2026-01-01' }));
  });

  it('accrues to the first open day after a row of closed ones, however they were closed', () => {
    given(closed('2026-01-02'), closed('2026-01-01'), closed('2026-01-04'))
      .when(accrueUsage, use)
      .then(UsageAccrued({ ...use, period: '2026-01-03', timeZone: 'UTC', lateFor: '2026-01-01' }));
  });

  it('accrues to a day that is open although a later one is closed', () => {
    given(closed('2026-01-02'))
      .when(accrueUsage, use)
      .then(UsageAccrued({ ...use, period: '2026-01-01', timeZone: 'UTC' }));
  });

  it.each([
    ['Asia/Shanghai', '2026-01-31T17:00:00.000Z', '2026-02-01'],
    ['Asia/Shanghai', '2026-01-31T15:59:59.999Z', '2026-01-31'],
    ['America/Sao_Paulo', '2018-11-04T02:59:59.999Z', '2018-11-03'],
    ['America/Sao_Paulo', '2018-11-05T01:59:59.999Z', '2018-11-04'],
  ])('accrues to the day that it was in %s at %s', (timeZone, time, period) => {
    given()
      .when(accrueUsage, { ...use, time }, { calendar: calendarOf(timeZone) })
      .then(UsageAccrued({ ...use, time, period, timeZone }));
  });
});
