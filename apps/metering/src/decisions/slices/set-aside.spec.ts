import { describe, expect, it } from '@jest/globals';
import { instantOf, type MeteringEvent, SliceOffered, SliceRefused } from '@tokengrid/contracts';
import { givenFor, someContext } from '@tokengrid/kernel';
import { type PlanPrice, termsOf } from '@tokengrid/rating';
import { january, subscriber as partyId, team, use } from '../examples.fixture.ts';
import type { CountedPlan } from '../rules/terms.ts';
import { payer, type Use } from '../state/payer.ts';
import { rateUses } from '../usage/rate-uses.ts';
import { closeSlice } from './close-slice.ts';
import { type OfferSlice, offerSlice } from './offer-slice.ts';
import { rateServed } from './rate-served.ts';

const given = givenFor(payer);
const [first, second] = [`slc_${'a'.repeat(26)}`, `slc_${'b'.repeat(26)}`] as const;
const time = Date.parse('2026-01-05T00:00:00.000Z');
const at = { ...someContext, time };
const settings = { validMs: 60_000, graceMs: 10_000, idleMs: 15_000, renewBelowBps: 3000 };
const scope = [{ app: 'translate' }];

const asked = (sliceId: string, over: Partial<OfferSlice> = {}): OfferSlice => ({
  ...{ sliceId, partyId, gatewayId: `gateway-${sliceId.at(-1)}`, epoch: 1, number: 1, scope },
  ...{ tokens: 1_000_000n, atLeast: 10n, spare: 0n, terms: { prices: [], counted: [team] }, settings },
  ...over,
});

/** Commands on one payer's stream, one by one. */
class History {
  readonly events: MeteringEvent[] = [];

  private record(decided: readonly unknown[]): readonly MeteringEvent[] {
    this.events.push(...(decided as MeteringEvent[]));
    return decided as MeteringEvent[];
  }

  offer(sliceId: string, over?: Partial<OfferSlice>) {
    return this.record(given(...this.events).when(offerSlice, asked(sliceId, over), at).decided)[0]!;
  }

  serve(sliceId: string, report: number, ...served: readonly (readonly [requests: number, free?: number])[]) {
    const uses = served.map(([requests, free], index) => ({
      ...usedBy(requests, { slice: { sliceId, report } }, `${sliceId.at(-1)}${report}${index}`),
      ...(free !== undefined && { free: { requests: String(free) } }),
    }));
    const context = { ...at, found: () => undefined };
    return this.tokensOf(given(...this.events).when(rateServed, { partyId, sliceId, report, uses }, context).decided);
  }

  use(requests: number) {
    const uses = [usedBy(requests, {}, String(this.events.length))];
    return this.tokensOf(given(...this.events).when(rateUses, { partyId, uses }, at).decided);
  }

  close(sliceId: string, over: Partial<{ plans: readonly CountedPlan[]; time: number }> = {}) {
    const { plans = [team], time: now = time + 70_000 } = over;
    const closing = { partyId, sliceId, reason: 'expired' as const, plans };
    return this.record(given(...this.events).when(closeSlice, closing, { ...at, time: now }).decided);
  }

  private tokensOf(decided: readonly unknown[]): readonly bigint[] {
    return this.record(decided).flatMap((event) =>
      event.type === 'UsageRated' ? event.data.uses.map(({ tokens }) => tokens) : [],
    );
  }
}

function usedBy(requests: number, over: Partial<Use>, id: string) {
  const { model: _, ...rest } = use;
  const usageId = `usg_${id.replace(/[ab]/, (letter) => (letter === 'a' ? '1' : '2')).padStart(26, '0')}`;
  const named = { usageId, eventId: id, app: 'translate', time: instantOf(time) };
  return {
    use: { ...rest, ...named, units: { requests: String(requests) }, ...over },
    terms: { known: true, app: team },
  } as const;
}

const listOf = (of: string, unitPrice: string) => ({
  ...{ of, version: 1 },
  prices: [{ meter: 'requests', unitPrice, aggregation: 'sum' as const }],
});

const priceOf = (event: MeteringEvent) => (event.type === 'SliceOffered' ? event.data.prices[0]!.prices[0] : undefined);

describe('a slice of a plan that counts', () => {
  it('is offered at the highest unit price, with half of what is free set aside', () => {
    const history = new History();
    expect(history.use(20)).toEqual([0n]);
    const offered = history.offer(first);
    expect(offered).toMatchObject({
      type: SliceOffered.type,
      data: {
        prices: [{ of: team.of, version: 2, prices: [{ meter: 'requests', unitPrice: '1000', free: '40' }] }],
        setAside: [
          { ...january, priceVersion: `${team.of}@2`, change: { counted: [{ value: 40_000_000n }], lines: 0n } },
        ],
      },
    });
    // The other process has half of what is left, and nobody has a unit twice.
    expect(priceOf(history.offer(second))).toMatchObject({ free: '20' });
  });

  it('sets aside whole units: a request waits for the last one once', () => {
    const history = new History();
    history.use(95);
    expect(priceOf(history.offer(first))).toMatchObject({ free: '3' });
    expect(priceOf(history.offer(first, { number: 2 }))).toMatchObject({ free: '1' });
    expect(priceOf(history.offer(first, { number: 3 }))).toMatchObject({ free: '1' });
    expect(priceOf(history.offer(first, { number: 4 }))).not.toHaveProperty('free');
  });

  it('sets aside no more than its tokens are worth', () =>
    expect(priceOf(new History().offer(first, { tokens: 2500n }))).toMatchObject({ free: '2.5' }));

  it('needs no tokens while units of what waits first are set aside for it', () => {
    const history = new History();
    expect(history.offer(first)).toMatchObject({ data: { atLeast: 0n } });
    expect(history.offer(first, { number: 2 })).toMatchObject({ data: { atLeast: 0n } });
    history.use(200);
    expect(history.offer(first, { number: 3 })).toMatchObject({ data: { atLeast: 10n } });
    const terms = { prices: [listOf('model:qwen', '2')], counted: [team] };
    const behind = { scope: [{ model: 'qwen' }, ...scope], terms };
    expect(new History().offer(first, behind)).toMatchObject({ data: { atLeast: 10n } });
    const ahead = { scope: [...scope, { model: 'qwen' }], terms };
    expect(new History().offer(first, ahead)).toMatchObject({ data: { atLeast: 0n } });
  });

  it('needs no tokens as it begins where a meter of what waits first costs nothing', () => {
    const nothing = { of: 'app:translate:free', version: 1, prices: [] };
    for (const list of [nothing, listOf('app:translate:free', '0')]) {
      expect(new History().offer(first, { terms: { prices: [list] } })).toMatchObject({ data: { atLeast: 0n } });
    }
    const history = new History();
    const terms = { prices: [listOf('app:translate:free', '0')] };
    history.offer(first, { terms });
    expect(history.offer(first, { number: 2, terms })).toMatchObject({ data: { atLeast: 10n } });
  });

  it('has what was set aside whatever others use, and is charged the rest', () => {
    const history = new History();
    history.offer(first);
    // 50 are left for all others.
    expect(history.use(52)).toEqual([2000n]);
    expect(history.serve(first, 1, [30, 30], [21, 20])).toEqual([0n, 1000n]);
  });

  it('gets no more than was set aside, whatever its process says', () => {
    const history = new History();
    history.offer(first, { tokens: 10_000n });
    expect(history.use(90)).toEqual([0n]);
    expect(history.serve(first, 1, [8, 8], [4, 4])).toEqual([0n, 2000n]);
  });

  it('gives back what it did not use: the month comes to what was used of it', () => {
    const history = new History();
    history.offer(first);
    expect(history.use(53)).toEqual([3000n]);
    expect(history.serve(first, 1, [10, 10])).toEqual([0n]);
    expect(history.close(first)).toMatchObject([
      {
        type: 'UsageRated',
        data: {
          uses: [
            {
              ...{ source: 'tokengrid:slice', tokens: -3000n, units: {}, plan: 'team', app: 'translate' },
              lines: [{ kind: 'period', before: '103', after: '63', tokens: -3000n }],
              shares: [{ tokens: -600n }, { tokens: -2400n }],
            },
          ],
        },
      },
      { type: 'SliceClosed', data: { sliceId: first, reports: 1 } },
    ]);
    expect(history.use(37)).toEqual([0n]);
    expect(history.use(1)).toEqual([1000n]);
  });

  it('gives units back without a charge where nobody lacked them', () => {
    const history = new History();
    history.offer(first);
    const [closed] = history.close(first);
    expect(closed).toMatchObject({ data: { unused: [{ change: { takenBack: [{ value: 50_000_000n }] } }] } });
    expect(history.use(100)).toEqual([0n]);
  });

  it('is renewed with more units beside those that it has', () => {
    const history = new History();
    history.offer(first);
    expect(priceOf(history.offer(first, { number: 2 }))).toMatchObject({ free: '25' });
    expect(history.use(26)).toEqual([1000n]);
    expect(history.serve(first, 1, [75, 75])).toEqual([0n]);
  });

  it('is not renewed with units of a month that is over', () => {
    const history = new History();
    history.offer(first);
    const over = { ...at, time: Date.parse(january.until) };
    const { partyId: of, sliceId, gatewayId, epoch } = asked(first);
    given(...history.events)
      .when(offerSlice, asked(first, { number: 2 }), over)
      .then(SliceRefused({ partyId: of, sliceId, gatewayId, epoch, number: 2, why: 'not-open' }));
    const long = { ...settings, validMs: 40 * 86_400_000 };
    const renewed = new History();
    renewed.offer(first, { settings: long });
    given(...renewed.events)
      .when(offerSlice, asked(first, { number: 2 }), over)
      .then(SliceRefused({ partyId: of, sliceId, gatewayId, epoch, number: 2, why: 'period-over' }));
  });

  it('is not offered where a dearer tier makes earlier units dearer', () => {
    const dearer: PlanPrice = {
      ...{ meter: 'requests', model: 'volume' },
      tiers: [
        { upTo: '10', unitPrice: '1' },
        { upTo: null, unitPrice: '2' },
      ],
    };
    const versions = new Map([[2, { terms: termsOf({ prices: [dearer] }, new Map()), operatorBps: 0 }]]);
    expect(new History().offer(first, { terms: { prices: [], counted: [{ ...team, versions }] } })).toMatchObject({
      type: 'SliceRefused',
      data: { why: 'terms-unknown', waitsFor: 'plan:translate:team' },
    });
  });

  it('is not closed without the terms of what it has set aside', () => {
    const history = new History();
    history.offer(first);
    expect(() => history.close(first, { plans: [] })).toThrow('unknown terms: app:translate:team@2');
  });
});
