import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { subscriptionPeriodAt } from './index.ts';

const at = (text: string) => Date.parse(`${text}Z`);
const between = (from: string, until: string) => ({ from: at(from), until: at(until) });

describe("a subscription's period", () => {
  const since = { from: at('2026-01-31T08:30:00.250'), until: null };

  it.each([
    ['2026-01-31T08:30:00.250', '2026-01-31T08:30:00.250', '2026-02-28T08:30:00.250'],
    ['2026-02-28T08:30:00.249', '2026-01-31T08:30:00.250', '2026-02-28T08:30:00.250'],
    ['2026-02-28T08:30:00.250', '2026-02-28T08:30:00.250', '2026-03-31T08:30:00.250'],
    ['2026-04-30T12:00:00', '2026-04-30T08:30:00.250', '2026-05-31T08:30:00.250'],
    ['2028-02-29T08:30:00.250', '2028-02-29T08:30:00.250', '2028-03-31T08:30:00.250'],
    ['2027-12-31T23:00:00', '2027-12-31T08:30:00.250', '2028-01-31T08:30:00.250'],
  ])('of one that began on the 31st has at %s begun at %s and ends at %s', (time, from, until) => {
    expect(subscriptionPeriodAt(since, at(time))).toEqual({
      ...between(from, until),
      ...{ monthFrom: at(from), monthUntil: at(until) },
    });
  });

  it('is the first one for what was before the subscription', () => {
    const first = subscriptionPeriodAt(since, since.from);
    expect(subscriptionPeriodAt(since, at('2025-06-01T00:00:00'))).toEqual(first);
  });

  it('ends with the subscription, and has the month that it is a part of', () => {
    const ended = { ...since, until: at('2026-03-10T00:00:00') };
    const last = {
      ...between('2026-02-28T08:30:00.250', '2026-03-10T00:00:00'),
      ...{ monthFrom: at('2026-02-28T08:30:00.250'), monthUntil: at('2026-03-31T08:30:00.250') },
    };
    expect(subscriptionPeriodAt(ended, at('2026-03-01T00:00:00'))).toEqual(last);
    expect(subscriptionPeriodAt(ended, at('2026-09-01T00:00:00'))).toEqual(last);
    expect(subscriptionPeriodAt({ ...since, until: since.from }, since.from)).toMatchObject({
      ...{ from: since.from, until: since.from },
    });
  });

  it('follows the one before without a gap, and contains each of its times', () => {
    const times = fc.integer({ min: at('2000-01-01T00:00:00'), max: at('2090-01-01T00:00:00') });
    fc.assert(
      fc.property(times, fc.nat(2_000_000_000_000), (from, later) => {
        const [subscription, time] = [{ from, until: null }, from + later];
        const period = subscriptionPeriodAt(subscription, time);
        expect(period.from <= time && time < period.until).toBe(true);
        const days = (period.until - period.from) / 86_400_000;
        expect(days >= 28 && days <= 31).toBe(true);
        const next = subscriptionPeriodAt(subscription, period.until);
        expect(next.from).toBe(period.until);
        expect(subscriptionPeriodAt(subscription, period.from)).toEqual(period);
        expect(subscriptionPeriodAt(subscription, period.until - 1)).toEqual(period);
      }),
    );
  });
});
