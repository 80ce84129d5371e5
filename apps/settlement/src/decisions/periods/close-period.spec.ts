import { describe, expect, it } from '@jest/globals';
import { PeriodCloseRefused, PeriodCloseRepeated, PeriodClosing } from '@tokengrid/contracts';
import { givenFor } from '@tokengrid/kernel';
import { calendarOf } from '@tokengrid/service';
import { closePeriod } from './close-period.ts';
import { period as periods } from '../state/period.ts';

const given = givenFor(periods);
const noonOf = (day: string) => ({ time: Date.parse(`${day}T12:00:00.000Z`), lanes: 6 });
const period = '2026-01-02';
const accruingTo = '2026-01-02';

describe('closePeriod', () => {
  it('starts the closing of a day that is over', () => {
    given()
      .when(closePeriod, { period, early: false, accruingTo }, noonOf('2026-01-03'))
      .then(PeriodClosing({ period, timeZone: 'UTC', lanes: 6, early: false }));
  });

  it('closes the running day when told to, and says that it was early', () => {
    given()
      .when(closePeriod, { period, early: true, accruingTo }, noonOf(period))
      .then(PeriodClosing({ period, timeZone: 'UTC', lanes: 6, early: true }));
  });

  it('does not call a day early that is over', () => {
    given()
      .when(closePeriod, { period, early: true, accruingTo }, noonOf('2026-01-03'))
      .then(PeriodClosing({ period, timeZone: 'UTC', lanes: 6, early: false }));
  });

  it('changes nothing when a day is closing already', () => {
    given(PeriodClosing({ period, timeZone: 'UTC', lanes: 6, early: true }))
      .when(closePeriod, { period, early: false, accruingTo }, noonOf(period))
      .then(PeriodCloseRepeated({ period, timeZone: 'UTC' }));
  });

  it('closes the day that usage counts for when told to, though it has not begun', () => {
    given()
      .when(closePeriod, { period, early: true, accruingTo }, noonOf('2026-01-01'))
      .then(PeriodClosing({ period, timeZone: 'UTC', lanes: 6, early: true }));
  });

  const notBegun = (today: string, accruingTo: string) =>
    PeriodCloseRefused({ period, timeZone: 'UTC', today, accruingTo, code: 'SETTLEMENT.PERIOD_NOT_BEGUN' });

  it('refuses a day that has not begun unless it is closed early on purpose', () => {
    given()
      .when(closePeriod, { period, early: false, accruingTo }, noonOf('2026-01-01'))
      .then(notBegun('2026-01-01', '2026-01-02'));
  });

  it('refuses a day that has not begun and that no usage counts for, early or not', () => {
    given()
      .when(closePeriod, { period, early: true, accruingTo: '2026-01-01' }, noonOf('2026-01-01'))
      .then(notBegun('2026-01-01', '2026-01-01'));
  });

  it('refuses the running day unless it is closed early on purpose', () => {
    given()
      .when(closePeriod, { period, early: false, accruingTo }, noonOf(period))
      .then(
        PeriodCloseRefused({
          period,
          timeZone: 'UTC',
          today: period,
          accruingTo,
          code: 'SETTLEMENT.PERIOD_STILL_RUNNING',
        }),
      );
  });

  describe('in another zone than UTC', () => {
    const timeZone = 'Asia/Shanghai';
    const day = { period: '2026-02-01', accruingTo: '2026-02-01' };
    const at = (time: string) => ({ time: Date.parse(time), calendar: calendarOf(timeZone), lanes: 6 });
    const closing = (early: boolean) => PeriodClosing({ period: day.period, timeZone, lanes: 6, early });

    it.each(['2026-01-31T16:00:00.000Z', '2026-02-01T15:59:59.999Z'])(
      'takes a day to be running there at %s',
      (time) => {
        const { decided } = given().when(closePeriod, { ...day, early: false }, at(time));
        expect(decided).toMatchObject([
          {
            type: 'PeriodCloseRefused',
            data: { ...{ period: day.period, timeZone }, code: 'SETTLEMENT.PERIOD_STILL_RUNNING' },
          },
        ]);
        given()
          .when(closePeriod, { ...day, early: true }, at(time))
          .then(closing(true));
      },
    );

    it('takes a day to be over once it is there', () => {
      given()
        .when(closePeriod, { ...day, accruingTo: '2026-02-02', early: false }, at('2026-02-01T16:00:00.000Z'))
        .then(closing(false));
    });

    it('takes a day not to have begun before it has there', () => {
      const before = { ...day, accruingTo: '2026-01-31', early: true };
      const { decided } = given().when(closePeriod, before, at('2026-01-31T15:59:59.999Z'));
      expect(decided).toMatchObject([{ type: 'PeriodCloseRefused', data: { code: 'SETTLEMENT.PERIOD_NOT_BEGUN' } }]);
    });
  });
});
