import { describe, expect, it } from '@jest/globals';
import { type MeteringEvent, type RatedUse, type Units, UsageParked } from '@tokengrid/contracts';
import { type PlanPrice, termsOf } from '@tokengrid/rating';
import { givenFor } from '@tokengrid/kernel';
import { developer, january, model, provider, subscriber, team, teamUse, use } from '../examples.fixture.ts';
import { useNow } from '../rules/corrected-use.ts';
import type { CountedPlan, Terms } from '../rules/terms.ts';
import { payer, type Use } from '../state/payer.ts';
import { correctUse } from './correct-use.ts';
import { rateUses } from './rate-uses.ts';

const given = givenFor(payer);
const partyId = subscriber;
let named = 0;
const usedAt = (day: number, units: Units): Use => {
  const eventId = `request-${++named}`;
  const usageId = `usg_${eventId.replace(/\D/g, '').padStart(26, '0')}`;
  const { model: _, ...rest } = use;
  return { ...rest, usageId, eventId, app: 'translate', units, time: new Date(Date.UTC(2026, 0, day)).toISOString() };
};
const requests = (count: number, day = 2) => usedAt(day, { requests: String(count) });
const planOf = (prices: readonly PlanPrice[], over: Partial<CountedPlan> = {}, aggregation = 'sum'): CountedPlan => ({
  ...team,
  versions: new Map([
    [2, { terms: termsOf({ prices }, new Map([['requests', aggregation as 'sum']])), operatorBps: 2000 }],
  ]),
  ...over,
});

/** A payer whose uses come in commands of one use each. */
class Reported {
  readonly history: MeteringEvent[] = [];

  report(each: Use, terms: Terms = teamUse): MeteringEvent {
    const [event] = given(...this.history).when(rateUses, { partyId, uses: [{ use: each, terms }] }).decided;
    this.history.push(event as MeteringEvent);
    return event as MeteringEvent;
  }

  rate(each: Use, terms?: Terms): RatedUse {
    const event = this.report(each, terms);
    if (event.type !== 'UsageRated') throw new Error(`${each.eventId} is not rated: ${event.type}`);
    return event.data.uses[0]!;
  }
}

describe('uses of a plan that counts over a period', () => {
  it('cost what is beyond the included units, and at most the maximum', () => {
    const of = 'app:translate:team';
    const reported = new Reported();
    expect(reported.rate(requests(98))).toMatchObject({ tokens: 0n });
    const second = requests(4);
    expect(reported.rate(second)).toEqual({
      ...second,
      chargeId: second.usageId.replace('usg', 'chg'),
      ...{ plan: 'team', tokens: 2000n, priceVersion: 'app:translate:team@2', operatorBps: 2000 },
      lines: [{ of, kind: 'period', meter: 'requests', before: '98', after: '102', tokens: 2000n }],
      shares: [
        { role: 'operator', partyId: 'operator', tokens: 400n },
        { role: 'developer', partyId: developer, tokens: 1600n },
      ],
      counted: {
        ...january,
        change: {
          counted: [
            {
              ...{ meter: 'requests', aggregation: 'sum', value: 4_000_000n },
              ...{ time: Date.parse(second.time), key: second.usageId },
            },
          ],
          takenBack: [],
          lines: 2000n,
        },
      },
    });
    expect(reported.rate(requests(10)).lines).toMatchObject([
      { kind: 'period', tokens: 10_000n },
      { of, kind: 'maximum', tokens: -7000n },
    ]);
    expect(reported.rate(requests(10)).tokens).toBe(0n);
  });

  it('count for one another within one command, in their order', () => {
    const uses = [98, 4, 3].map((count) => ({ use: requests(count), terms: teamUse }));
    const [event] = given().when(rateUses, { partyId, uses }).decided;
    const rated = (event as Extract<MeteringEvent, { type: 'UsageRated' }>).data.uses;
    expect(rated.map(({ tokens }) => tokens)).toEqual([0n, 2000n, 3000n]);
  });

  it('count in the period of their own time, however late they come, and each period begins at 0', () => {
    const february = {
      ...{ subscriptionId: january.subscriptionId },
      ...{ from: january.until, until: '2026-03-01T00:00:00.000Z' },
    };
    const inFebruary: Terms = { known: true, app: { ...team, period: february } };
    const reported = new Reported();
    expect(reported.rate(requests(101)).tokens).toBe(1000n);
    expect(reported.rate(requests(101, 40), inFebruary).tokens).toBe(1000n);
    expect(reported.rate(requests(2, 31)).tokens).toBe(2000n);
  });

  it('give back what they make cheaper: by a lower tier, or a later value', () => {
    const tiers = [
      { upTo: '10', unitPrice: '30' },
      { upTo: null, unitPrice: '20' },
    ];
    const volume: Terms = { known: true, app: planOf([{ meter: 'requests', model: 'volume', tiers }]), model };
    const reported = new Reported();
    expect(reported.rate(requests(10), volume).tokens).toBe(300n);
    const back = reported.rate(usedAt(3, { requests: '1', input_tokens: '7' }), volume);
    expect(back).toMatchObject({ tokens: -80n, subsidy: { partyId: developer, tokens: 14n } });
    expect(back.shares).toEqual([
      { role: 'operator', partyId: 'operator', tokens: -16n },
      { role: 'provider', partyId: provider, tokens: 0n },
      { role: 'developer', partyId: developer, tokens: -64n },
    ]);
  });

  it('are stated in their order, what they give back among them', () => {
    const tiers = [
      { upTo: '10', unitPrice: '30' },
      { upTo: null, unitPrice: '20' },
    ];
    const terms: Terms = { known: true, app: planOf([{ meter: 'requests', model: 'volume', tiers }]) };
    const uses = [5, 5, 1, 1].map((count) => ({ use: requests(count), terms }));
    const events = given().when(rateUses, { partyId, uses }).decided as MeteringEvent[];
    const tokens = events.map((event) =>
      event.type === 'UsageRated' ? event.data.uses.map((each) => each.tokens) : [],
    );
    expect(tokens).toEqual([[150n, 150n, -80n, 20n]]);
  });

  it('that come to nothing leave the cost of their model to the developer', () => {
    const free = new Reported().rate(usedAt(2, { requests: '1', input_tokens: '50' }), {
      ...teamUse,
      known: true,
      model,
    });
    expect(free).toMatchObject({
      ...{ tokens: 0n, priceVersion: 'app:translate:team@2,model:qwen@3' },
      costs: [{ tokens: 100n }],
      subsidy: { partyId: developer, tokens: 100n },
    });
  });

  it('are rated by the terms of the first of them, whatever version is found later', () => {
    const both = new Map([...team.versions, [3, { ...team.versions.get(2)!, operatorBps: 10 }]]);
    const reported = new Reported();
    reported.rate(requests(1), { known: true, app: { ...team, version: 3, versions: both } });
    const later = reported.rate(requests(200), { known: true, app: { ...team, versions: both } });
    expect(later).toMatchObject({ priceVersion: 'app:translate:team@3', operatorBps: 10 });
  });

  it('wait for a correction where a value is one too many, and the others go on', () => {
    const seats = planOf([{ meter: 'requests', model: 'per-unit', unitPrice: '1' }], {}, 'unique');
    const terms: Terms = { known: true, app: seats };
    const reported = new Reported();
    for (let seat = 0; seat < 1000; seat++) reported.rate(requests(seat), terms);
    const more = requests(1000);
    expect(reported.report(more, terms)).toEqual(
      UsageParked({ partyId, uses: [{ ...more, waitsFor: 'correction:too-many-values' }] }),
    );
    expect(reported.rate(requests(7), terms).tokens).toBe(0n);
  });

  it('wait for a correction where their period is forgotten, 37 days behind the latest use', () => {
    const reported = new Reported();
    reported.rate(requests(50));
    const monthOf = (month: number): Terms => ({
      known: true,
      app: {
        ...team,
        period: {
          ...january,
          from: new Date(Date.UTC(2026, month)).toISOString(),
          until: new Date(Date.UTC(2026, month + 1)).toISOString(),
        },
      },
    });
    reported.rate(requests(1, 32 + 37), monthOf(2));
    expect(reported.rate(requests(51)).tokens).toBe(1000n);
    reported.rate(requests(1, 33 + 37), monthOf(2));
    const late = requests(1);
    expect(reported.report(late)).toEqual(
      UsageParked({ partyId, uses: [{ ...late, waitsFor: 'correction:period-over' }] }),
    );
    expect(given(...reported.history).state.periods.size).toBe(1);
  });

  it('are not corrected in a forgotten period, though it ended earlier than was known as they were rated', () => {
    const reported = new Reported();
    const first = reported.rate(requests(50));
    const until = new Date(Date.UTC(2026, 0, 20)).toISOString();
    const ended: Terms = { known: true, app: { ...team, period: { ...january, until } } };
    reported.rate(requests(1, 5), ended);
    const february = { ...january, from: january.until, until: new Date(Date.UTC(2026, 2)).toISOString() };
    reported.rate(requests(1, 20 + 38), { known: true, app: { ...team, period: february } });
    const found = { status: 'rated', now: useNow(first, []), mark: undefined, terms: teamUse } as const;
    const asked = { partyId, correctedBy: 'operator', reason: 'counted twice', isClosed: false };
    const context = { found: () => undefined };
    expect(correctUse(given(...reported.history).state, { ...asked, found, units: undefined }, context)).toMatchObject([
      { type: 'CorrectionRefused', data: { code: 'METERING.NOT_COUNTABLE' } },
    ]);
  });

  it('are not remembered by payers that have none', () => {
    const { app: _, ...direct } = { ...use, eventId: 'x' };
    const terms: Terms = { known: true, model };
    const [event] = given().when(rateUses, { partyId, uses: [{ use: direct as Use, terms }] }).decided;
    expect(given(event as MeteringEvent).state).toBe(payer.initial);
  });
});
