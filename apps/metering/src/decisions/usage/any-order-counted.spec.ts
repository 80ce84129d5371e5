import { deserialize, serialize } from 'node:v8';
import { describe, expect, it } from '@jest/globals';
import {
  type Correction,
  decodeData,
  derivedId,
  encodeData,
  type MeteringEvent,
  type RatedUse,
  UsageCorrected,
  UsageRated,
} from '@tokengrid/contracts';
import { type Aggregation, type PlanPrice, prorated, subscriptionPeriodAt, termsOf } from '@tokengrid/rating';
import { type ModelPlan, modelTotal } from '@tokengrid/rating/testing';
import { someContext } from '@tokengrid/kernel';
import fc from 'fast-check';
import { developer, subscriber } from '../examples.fixture.ts';
import { useNow } from '../rules/corrected-use.ts';
import { AllKnown, markKeyOf, ratedMark } from '../rules/marks.ts';
import type { CountedPlan } from '../rules/terms.ts';
import { type Payer, payer, type Use } from '../state/payer.ts';
import { closePeriod } from './close-period.ts';
import { correctUse } from './correct-use.ts';
import { rateUses } from './rate-uses.ts';

const partyId = subscriber;
const meters = ['requests', 'constructor', 'output_tokens'] as const;
const aggregations = ['sum', 'count', 'max', 'unique', 'latest'] as const;
const from = Date.UTC(2026, 0, 31, 8);

const whole = fc.bigInt({ min: 0n, max: 30n }).map(String);
const decimal = fc.oneof(
  whole,
  fc.tuple(whole, fc.nat(999_999)).map(([n, rest]) => `${n}.${rest}`),
);
const size = fc.bigInt({ min: 1n, max: 40n }).map(String);
const price = (meter: string): fc.Arbitrary<ModelPlan['prices'][number]> =>
  fc.oneof(
    fc.record({ meter: fc.constant(meter), model: fc.constant('per-unit' as const), unitPrice: decimal }),
    fc.record({
      ...{ meter: fc.constant(meter), model: fc.constantFrom('per-unit' as const, 'package' as const) },
      ...{ unitPrice: decimal, includedUnits: size },
    }),
    fc.record({
      ...{ meter: fc.constant(meter), model: fc.constantFrom('graduated' as const, 'volume' as const) },
      tiers: fc.tuple(size, decimal, decimal).map(([upTo, first, second]) => [
        { upTo, unitPrice: first },
        { upTo: null, unitPrice: second },
      ]),
    }),
  );
const plans: fc.Arbitrary<ModelPlan> = fc
  .tuple(
    fc.tuple(...meters.map(price)),
    fc.tuple(...meters.map(() => fc.constantFrom(...aggregations))),
    fc.option(fc.bigInt({ min: 0n, max: 500n }), { nil: undefined }),
  )
  .map(([prices, kinds, maximumCharge]) => ({
    prices,
    aggregations: new Map(meters.map((meter, index) => [meter, kinds[index]!])),
    ...(maximumCharge !== undefined && { maximumCharge }),
  }));

const dayMs = 86_400_000;
const uses: fc.Arbitrary<Use[]> = fc
  .array(
    fc.record({
      units: fc.uniqueArray(fc.tuple(fc.constantFrom(...meters), decimal), { selector: ([meter]) => meter }),
      day: fc.integer({ min: -1, max: 58 }),
    }),
    { minLength: 1, maxLength: 25 },
  )
  .map((all) =>
    all.map(({ units, day }, index) => ({
      ...{
        usageId: derivedId('usg', `use ${index}`),
        source: '/specs',
        eventId: `use ${index}`,
        reportedBy: 'operator',
      },
      ...{ time: new Date(from + day * dayMs).toISOString(), app: 'translate', units: Object.fromEntries(units) },
    })),
  );

/**
 * A command: some uses, most of them perhaps known already; or a period's end, by the day it is on.
 */
const steps = fc.array(
  fc.oneof(
    fc.record({ places: fc.array(fc.nat(24), { minLength: 1, maxLength: 12 }) }),
    fc.record({ closes: fc.constantFrom(0, 30) }),
    fc.record({
      corrects: fc.nat(24),
      to: fc.option(fc.uniqueArray(fc.tuple(fc.constantFrom(...meters), decimal), { selector: ([meter]) => meter }), {
        nil: undefined,
      }),
    }),
  ),
  { maxLength: 20 },
);

/** Least that a period comes to; half of a month is subscribed. */
const minimum = prorated(101n, 1, 2);

/** A payer's stream, whose events and states are stored and read again. */
class Stream {
  readonly rated: RatedUse[] = [];
  readonly closed = new Set<number>();
  readonly corrections: Correction[] = [];
  private state: Payer = payer.initial;
  private readonly marks = new Map<string, string>();

  constructor(private readonly versions: CountedPlan['versions']) {}

  planAt(time: number): CountedPlan {
    const period = subscriptionPeriodAt({ from, until: null }, time);
    const [begin, until] = [period.from, period.until].map((each) => new Date(each).toISOString()) as [string, string];
    return {
      ...{ of: 'app:translate:team', plan: 'team', sellerId: developer, version: 1, versions: this.versions },
      period: { subscriptionId: 'sbn_00000000000000000000000004', from: begin, until },
    };
  }

  report(reported: readonly Use[]): void {
    const asked = reported.map((use) => ({
      ...{ use, terms: { known: true, app: this.planAt(Date.parse(use.time)) } as const },
    }));
    const context = { ...someContext, found: (key: string) => this.marks.get(key) };
    try {
      this.take(rateUses(this.state, { partyId, uses: asked, isBackfill: true }, context));
    } catch (error) {
      if (!(error instanceof AllKnown)) throw error;
    }
  }

  /** A repeat of the command has its id. */
  close(time: number): void {
    const plan = this.planAt(time);
    if (this.closed.has(Date.parse(plan.period.from))) return;
    this.closed.add(Date.parse(plan.period.from));
    this.take(closePeriod(this.state, { partyId, app: 'translate', plan, minimum, dueAt: 0 }, someContext));
  }

  /** Corrects a use that is rated; without units it is void. */
  correct(usageId: string, units: Use['units'] | undefined): void {
    const use = this.rated.find((each) => each.usageId === usageId);
    if (!use) return;
    const now = useNow(
      use,
      this.corrections.filter((each) => each.usageId === usageId),
    );
    const terms = { known: true, app: this.planAt(Date.parse(use.time)) } as const;
    const by = { partyId, correctedBy: 'operator', reason: 'spec', isClosed: false, units };
    const found = { status: 'rated', now, mark: undefined, terms } as const;
    this.take(correctUse(this.state, { ...by, found }, { found: () => undefined }));
  }

  /** Units of a use by now; `undefined` once it is void. */
  unitsOf({ usageId, units }: Use): Use['units'] | undefined {
    const last = this.corrections.findLast((each) => each.usageId === usageId);
    return last ? last.replacement : units;
  }

  private take(events: readonly MeteringEvent[]): void {
    for (const event of events) {
      if (event.type === 'CorrectionRepeated') continue;
      if (event.type === 'CorrectionRefused' && event.data.code === 'METERING.USE_VOIDED') continue;
      if (event.type === 'UsageCorrected') {
        expect(UsageCorrected.fits(event.data)).toBe(true);
        const corrected = decodeData(UsageCorrected, UsageCorrected.version, encodeData(event.data));
        this.state = deserialize(serialize(payer.evolve(this.state, UsageCorrected(corrected)))) as Payer;
        this.corrections.push(...corrected.corrections);
        continue;
      }
      if (event.type !== 'UsageRated') throw new Error(event.type);
      expect(UsageRated.fits(event.data)).toBe(true);
      const data = decodeData(UsageRated, UsageRated.version, encodeData(event.data));
      this.state = deserialize(serialize(payer.evolve(this.state, UsageRated(data)))) as Payer;
      for (const use of data.uses) {
        this.rated.push(use);
        this.marks.set(markKeyOf(use.usageId), ratedMark(1, 0));
      }
    }
  }

  /** What the period of a time has come to. */
  totalAt(time: number): bigint {
    const { period } = this.planAt(time);
    return [...this.rated, ...this.corrections]
      .filter(({ counted }) => counted?.from === period.from)
      .reduce((sum, { tokens }) => sum + tokens, 0n);
  }
}

const asModel = ({ usageId, time, units }: Use) => ({
  ...{ key: usageId, time: Date.parse(time), units: Object.entries(units) },
});

describe('uses of a counted plan in any order, split into any commands, repeated and corrected at will', () => {
  it('come to what the sheet says in every period, whenever it is closed', () => {
    fc.assert(
      fc.property(plans, uses, steps, (plan, all, history) => {
        const terms = termsOf(
          { prices: plan.prices as readonly PlanPrice[], maximumCharge: plan.maximumCharge },
          plan.aggregations as ReadonlyMap<string, Aggregation>,
        );
        const stream = new Stream(new Map([[1, { terms, operatorBps: 1500 }]]));
        for (const step of history) {
          if ('closes' in step) stream.close(from + step.closes * dayMs);
          else if ('corrects' in step) {
            const use = all[step.corrects];
            if (use) stream.correct(use.usageId, step.to && Object.fromEntries(step.to));
          } else stream.report(step.places.flatMap((place) => all[place] ?? []).slice(0, 100));
        }
        stream.report(all.toReversed());
        const closing = { minimumCharge: 101n, days: 1n, ofDays: 2n };
        for (const day of [0, 30]) {
          const time = from + day * dayMs;
          const begin = Date.parse(stream.planAt(time).period.from);
          const inPeriod = all.filter((use) => Date.parse(stream.planAt(Date.parse(use.time)).period.from) === begin);
          const isClosed = stream.closed.has(begin);
          const left = inPeriod.flatMap((use) => {
            const units = stream.unitsOf(use);
            return units ? [asModel({ ...use, units })] : [];
          });
          expect(stream.totalAt(time)).toBe(modelTotal(plan, left, isClosed ? closing : undefined));
        }
        expect(stream.rated).toHaveLength(all.length + stream.closed.size);
        for (const { tokens, lines, shares } of [...stream.rated, ...stream.corrections]) {
          expect(lines.reduce((sum, line) => sum + line.tokens, 0n)).toBe(tokens);
          expect(shares.reduce((sum, share) => sum + share.tokens, 0n)).toBe(tokens);
        }
      }),
      { numRuns: 200 },
    );
  });
});
