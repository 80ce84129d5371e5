import { describe, expect, it } from '@jest/globals';
import { derivedId, type MeteringEvent, mostUsesOfEvent, type ParkedUse, type RatedUse } from '@tokengrid/contracts';
import { someContext } from '@tokengrid/kernel';
import fc from 'fast-check';
import { app, appUse, developer, directUse, model, provider, subscriber } from '../examples.fixture.ts';
import { AllKnown, markKeyOf, parkedMark, ratedMark } from '../rules/marks.ts';
import type { Terms } from '../rules/terms.ts';
import { payer, type Use } from '../state/payer.ts';
import { chargeSubsidies } from './charge-subsidies.ts';
import { rateUses } from './rate-uses.ts';
import { recycleUses } from './recycle-uses.ts';

/** The streams of payers in one lane, with their marks. */
class Streams {
  readonly rated: RatedUse[] = [];
  readonly parked = new Map<string, { use: Use; sequence: number; place: number }>();
  private readonly marks = new Map<string, string>();
  private sequence = 0;

  report(uses: readonly Use[], terms: (use: Use) => Terms): void {
    const asked = uses.map((use) => ({ use, terms: terms(use) }));
    this.take(() => rateUses(payer.initial, { partyId: subscriber, uses: asked }, this.context));
  }

  /** What arrived releases the uses that it finds, as often as it likes. */
  recycle(found: readonly { use: Use; sequence: number; place: number }[], terms: (use: Use) => Terms): void {
    const uses = found.map(({ use, ...parkedBy }) => ({ use, terms: terms(use), parkedBy }));
    if (uses.length > 0) this.take(() => recycleUses(payer.initial, { partyId: subscriber, uses }, this.context));
  }

  private readonly context = { ...someContext, found: (key: string) => this.marks.get(key) };

  private take(decide: () => readonly MeteringEvent[]): void {
    let events: readonly MeteringEvent[] = [];
    try {
      events = decide();
    } catch (error) {
      if (!(error instanceof AllKnown)) throw error;
    }
    for (const event of events) {
      this.sequence += 1;
      if (event.type === 'UsageRated') event.data.uses.forEach((use, place) => this.rate(use, place));
      if (event.type === 'UsageParked') event.data.uses.forEach((use, place) => this.park(use, place));
    }
  }

  private rate(use: RatedUse, place: number): void {
    this.rated.push(use);
    this.parked.delete(use.usageId);
    this.marks.set(markKeyOf(use.usageId), ratedMark(this.sequence, place));
    if (!use.subsidy) return;
    const { partyId: developerId } = use.subsidy;
    const [event] = chargeSubsidies(payer.initial, { developerId, uses: [use] });
    if (event?.type === 'UsageRated') this.rated.push(...event.data.uses);
  }

  private park({ waitsFor: _, ...use }: ParkedUse, place: number): void {
    this.parked.set(use.usageId, { use, sequence: this.sequence, place });
    this.marks.set(markKeyOf(use.usageId), parkedMark(this.sequence, place));
  }
}

/** Cost of whole units, by hand: in millionths, rounded half up once. */
function costOf(units: Use['units'], prices: Readonly<Record<string, number>>): bigint {
  let millionths = 0n;
  for (const [meter, price] of Object.entries(prices)) {
    millionths += BigInt(units[meter] ?? '0') * BigInt(Math.round(price * 1_000_000));
  }
  const whole = millionths / 1_000_000n;
  return millionths % 1_000_000n >= 500_000n ? whole + 1n : whole;
}

const modelPrices = { input_tokens: 2, output_tokens: 6.5 };
const appPrices = { input_tokens: 5, requests: 1000 };

/** What each party pays and earns for uses that are counted once each, whatever happened. */
function expectedOf(uses: readonly Use[]) {
  const sums = { paid: 0n, subsidised: 0n, operator: 0n, provider: 0n, developer: 0n };
  for (const { app: slug, units } of uses) {
    const cost = costOf(units, modelPrices);
    const gross = slug === undefined ? cost : costOf(units, appPrices);
    const fee = (gross * (slug === undefined ? 10n : 20n) + 50n) / 100n;
    sums.paid += gross;
    sums.operator += fee;
    const left = gross - fee;
    if (slug === undefined) {
      sums.provider += left;
      continue;
    }
    sums.provider += cost;
    if (cost > left) sums.subsidised += cost - left;
    else sums.developer += left - cost;
  }
  return sums;
}

function sumsOf(rated: readonly RatedUse[]) {
  const sums = { paid: 0n, subsidised: 0n, operator: 0n, provider: 0n, developer: 0n };
  for (const { tokens, shares, subsidyOf } of rated) {
    sums[subsidyOf === undefined ? 'paid' : 'subsidised'] += tokens;
    for (const share of shares) sums[share.role] += share.tokens;
  }
  return sums;
}

const useNamed = (name: string, isOfApp: boolean, units: readonly [number, number, number]): Use => ({
  ...{ usageId: derivedId('usg', name), source: '/specs', eventId: name, reportedBy: 'operator' },
  ...{ time: '2025-12-31T08:00:00.000Z', model: 'qwen', ...(isOfApp && { app: 'translate' }) },
  units: { input_tokens: String(units[0]), output_tokens: String(units[1]), requests: String(units[2]) },
});

const units = fc.tuple(fc.nat(1000), fc.nat(1000), fc.nat(3));
const someUses = fc
  .array(fc.tuple(fc.boolean(), units), { minLength: 1, maxLength: 150 })
  .map((all) => all.map(([isOfApp, given], index) => useNamed(`use ${index}`, isOfApp, given)));

/** A report: some uses, a lot of them repeats, and what is known by then. */
interface Step {
  readonly places: readonly number[];
  readonly knows: boolean;
  readonly recycles: boolean;
}
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    places: fc.array(fc.nat(149), { minLength: 1, maxLength: mostUsesOfEvent }),
    knows: fc.boolean(),
    recycles: fc.boolean(),
  }),
  { maxLength: 12 },
);

const known = ({ app: slug }: Use): Terms => (slug === undefined ? directUse : appUse);
const unknown = (): Terms => ({ known: false, waitsFor: 'model:qwen' });

describe('uses in any order, split into any commands, repeated at will', () => {
  it('come to the same charges and the same total as each of them once', () => {
    expect([model.sellerId, app.sellerId]).toEqual([provider, developer]);
    fc.assert(
      fc.property(someUses, steps, fc.integer({ min: 1, max: mostUsesOfEvent }), (uses, history, size) => {
        const streams = new Streams();
        const stale: { use: Use; sequence: number; place: number }[] = [];
        for (const { places, knows, recycles } of history) {
          const reported = places.flatMap((place) => uses[place] ?? []);
          if (reported.length > 0) streams.report(reported, knows ? known : unknown);
          stale.push(...streams.parked.values());
          if (recycles) streams.recycle(stale.slice(-mostUsesOfEvent), knows ? known : unknown);
        }
        // In the end everything is reported, and known.
        for (let start = 0; start < uses.length; start += size) {
          streams.report(uses.slice(start, start + size).reverse(), known);
        }
        for (const each of [...stale, ...streams.parked.values()]) streams.recycle([each], known);
        const ofPayer = streams.rated.filter(({ subsidyOf }) => subsidyOf === undefined);
        expect(ofPayer.map(({ usageId }) => usageId).sort()).toEqual(uses.map(({ usageId }) => usageId).sort());
        expect(new Set(streams.rated.map(({ usageId }) => usageId)).size).toBe(streams.rated.length);
        expect(sumsOf(streams.rated)).toEqual(expectedOf(uses));
      }),
    );
  });
});
