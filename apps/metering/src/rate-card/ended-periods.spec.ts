import { describe, expect, it } from '@jest/globals';
import { endedPeriods } from './ended-periods.ts';
import type { AppFacts, PlanFacts, SubscriptionFacts } from './facts.ts';

const dayMs = 86_400_000;
const day = (number: number) => Date.UTC(2026, 0, number);
const perUnit = (minimumCharge?: string): PlanFacts => ({
  ...{ id: 'basic', prices: [{ meter: 'requests', model: 'per-unit', unitPrice: '10' }] },
  ...(minimumCharge !== undefined && { minimumCharge }),
});
const version = (number: number, from: number, plan: PlanFacts) => ({
  ...{ version: number, effectiveFrom: from, subscriptionsFrom: from, operatorBps: 2000 },
  ...{ plans: [plan], models: [], reporters: {} },
});
const app = (...versions: AppFacts['versions']): AppFacts => ({ developerId: 'org_1', versions, pauses: [] });
const always = app(version(1, 0, perUnit('3100')));
/** From 1 January on; the months are those of the calendar. */
const subscription = (over: Partial<SubscriptionFacts> = {}): SubscriptionFacts => ({
  ...{ subscriptionId: 'sbn_1', planId: 'basic', version: 1, from: day(1), until: null },
  ...over,
});
const ended = (by: number, of: SubscriptionFacts = subscription(), published = always) =>
  endedPeriods('translate', published, of, by).map(({ plan: { period }, minimum }) => [
    period.from.slice(0, 10),
    period.until.slice(0, 10),
    minimum,
  ]);

describe('periods that are over', () => {
  it('have their minimum, the last three of them, and none that still runs', () => {
    expect(ended(day(32) - 1)).toEqual([]);
    expect(ended(day(32))).toEqual([['2026-01-01', '2026-02-01', 3100n]]);
    expect(ended(day(200)).map(([from]) => from)).toEqual(['2026-06-01', '2026-05-01', '2026-04-01']);
  });

  it('have the part of it for which the party had subscribed, from the end of the trial on', () => {
    expect(ended(day(40), subscription({ until: day(11) }))).toEqual([['2026-01-01', '2026-01-11', 1000n]]);
    expect(ended(day(40), subscription({ until: day(21), trialUntil: day(11) }))).toEqual([
      ['2026-01-01', '2026-01-21', 1000n],
    ]);
    expect(ended(day(40), subscription({ trialUntil: day(60) }))).toEqual([]);
    expect(ended(day(40), subscription({ until: day(1) }))).toEqual([]);
  });

  it('have that of the version by which their uses are counted', () => {
    const raised = app(version(1, 0, perUnit('3100')), version(2, day(10), perUnit('6200')));
    expect(ended(day(60), subscription(), raised)).toEqual([
      ['2026-02-01', '2026-03-01', 6200n],
      ['2026-01-01', '2026-02-01', 3100n],
    ]);
    const begun = app(version(1, 0, perUnit()), version(2, day(1) + 21 * dayMs, perUnit('3100')));
    expect(ended(day(40), subscription(), begun)).toEqual([['2026-01-22', '2026-02-01', 1000n]]);
    expect(ended(day(40), subscription(), app(version(1, 0, perUnit())))).toEqual([]);
  });
});
