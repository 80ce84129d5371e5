import { describe, expect, it } from '@jest/globals';
import { largestAmount } from '@tokengrid/contracts';
import fc from 'fast-check';
import { modelLines, type ModelPlan, type ModelPrice, modelTotal, type ModelUse } from './testing/period-model.ts';
import {
  closePeriod,
  correctInPeriod,
  emptyPeriod,
  evolvePeriod,
  type MeasuredUse,
  type Period,
  prorated,
  type Rated,
  rateInPeriod,
  termsOf,
  totalOf,
  type Unrated,
} from './index.ts';

/** Names of others' choosing: every object has the second and the third. */
const meters = ['requests', '__proto__', 'constructor', 'output_tokens'] as const;
const aggregations = ['sum', 'count', 'max', 'unique', 'latest'] as const;

const digits = (most: bigint) => fc.oneof(fc.bigInt({ min: 0n, max: 9n }), fc.bigInt({ min: 0n, max: most }));
const decimal = (most: bigint) =>
  fc
    .tuple(
      digits(most),
      fc.oneof(
        fc.constant(''),
        fc.integer({ min: 0, max: 999_999 }).map((n) => `.${n}`),
      ),
    )
    .map(([whole, fraction]) => `${whole}${fraction}`);
const units = decimal(10n ** 18n - 1n);
const unitPrice = decimal(10n ** 12n);
const size = digits(10n ** 18n - 1n).map((n) => String(n + 1n).slice(0, 18));

const price = (meter: string): fc.Arbitrary<ModelPrice> =>
  fc.oneof(
    fc.record({ meter: fc.constant(meter), model: fc.constant('per-unit' as const), unitPrice }),
    fc.record({
      ...{ meter: fc.constant(meter), model: fc.constant('per-unit' as const), unitPrice },
      includedUnits: size,
    }),
    fc.record({
      ...{ meter: fc.constant(meter), model: fc.constant('package' as const), unitPrice },
      includedUnits: size,
    }),
    fc.record({
      meter: fc.constant(meter),
      model: fc.constantFrom('graduated' as const, 'volume' as const),
      includedUnits: fc.oneof(fc.constant('0'), size),
      tiers: fc
        .tuple(
          fc.uniqueArray(fc.bigInt({ min: 1n, max: 10n ** 3n }), { maxLength: 4 }),
          fc.array(unitPrice, { minLength: 5, maxLength: 5 }),
        )
        .map(([ends, prices]) =>
          [...ends.sort((a, b) => (a < b ? -1 : 1)).map(String), null].map((upTo, index) => ({
            ...{ upTo, unitPrice: prices[index]! },
          })),
        ),
    }),
  );

const plan: fc.Arbitrary<ModelPlan> = fc
  .tuple(
    fc.tuple(...meters.map(price)),
    fc.tuple(...meters.map(() => fc.constantFrom(...aggregations))),
    fc.option(fc.bigInt({ min: 0n, max: 10n ** 20n }), { nil: undefined }),
  )
  .map(([prices, kinds, maximumCharge]) => ({
    prices,
    aggregations: new Map(meters.map((meter, index) => [meter, kinds[index]!])),
    ...(maximumCharge !== undefined && { maximumCharge }),
  }));

/** Small numbers meet each other: the same value, the same time, the same tier. */
const measured = fc.record({
  units: fc
    .uniqueArray(fc.tuple(fc.constantFrom(...meters), fc.oneof(decimal(20n), units)), {
      selector: ([meter]) => meter,
      maxLength: 4,
    })
    .map((pairs) => pairs as [string, string][]),
  time: fc.integer({ min: 0, max: 5 }),
});
type Measured = { readonly units: [string, string][]; readonly time: number };

/** A use's history: as it was reported, as it was replaced, and perhaps its void. */
interface History {
  readonly versions: readonly (Measured | undefined)[];
}
const history: fc.Arbitrary<History> = fc
  .tuple(measured, fc.array(measured, { maxLength: 2 }), fc.boolean())
  .map(([first, replaced, isVoid]) => ({
    versions: [first, ...replaced.map(({ units }) => ({ units, time: first.time })), ...(isVoid ? [undefined] : [])],
  }));

/** Picks the next step: of a history with steps left, or a repeat of any earlier step. */
const schedule = fc.array(fc.nat(), { maxLength: 60 });

const keyOf = (index: number) => `use-${index}`;
const asModel = (index: number, { units, time }: Measured): ModelUse => ({ units, time, key: keyOf(index) });
const asUse = (index: number, { units, time }: Measured): MeasuredUse => ({
  ...{ units: Object.fromEntries(units), time, key: keyOf(index) },
});

/**
 * A payer's stream in small: it detects repeats, and remembers the reading that each use was last
 * counted with.
 */
class Stream {
  period: Period = emptyPeriod;
  charged = 0n;
  isOverLimit = false;
  readonly seen: number[];

  constructor(
    readonly modelPlan: ModelPlan,
    readonly histories: readonly History[],
  ) {
    this.seen = histories.map(() => 0);
  }

  get terms() {
    const { prices, aggregations: kinds, maximumCharge } = this.modelPlan;
    return termsOf({ prices, maximumCharge }, kinds as ReadonlyMap<string, (typeof aggregations)[number]>);
  }

  /** A step that was seen changes nothing. */
  take(index: number, version: number): void {
    if (version < this.seen[index]!) return;
    const { versions } = this.histories[index]!;
    const [was, is] = [version === 0 ? undefined : versions[version - 1], versions[version]];
    const rated = was
      ? correctInPeriod(this.terms, this.period, asUse(index, was), is && asUse(index, is))
      : rateInPeriod(this.terms, this.period, asUse(index, is!));
    this.apply(rated);
    if (!this.isOverLimit) this.seen[index]! += 1;
  }

  apply(rated: Rated | Unrated): void {
    if (rated === 'amount-over-limit') return void (this.isOverLimit = true);
    if (typeof rated === 'string') throw new Error(rated);
    expect(rated.lines.reduce((sum, { tokens }) => sum + tokens, 0n)).toBe(rated.tokens);
    this.charged += rated.tokens;
    this.period = evolvePeriod(this.period, rated.change);
  }

  /** The uses as they are after the steps that were seen. */
  get effective(): ModelUse[] {
    return this.histories.flatMap(({ versions }, index) => {
      const last = this.seen[index] === 0 ? undefined : versions[this.seen[index]! - 1];
      return last ? [asModel(index, last)] : [];
    });
  }
}

/**
 * Takes all steps, in an order and with repeats that the schedule picks; checks after every one.
 */
function run(stream: Stream, picks: readonly number[], check: () => void): void {
  const { histories, seen } = stream;
  const left = () => histories.flatMap(({ versions }, index) => (seen[index]! < versions.length ? [index] : []));
  const rest = picks.values();
  while (left().length > 0 && !stream.isOverLimit) {
    const pick = rest.next().value ?? 0;
    const open = left();
    const index = open[pick % open.length]!;
    stream.take(index, seen[index]!);
    // A repeat of anything that was.
    const again = pick % histories.length;
    if (pick % 3 === 0 && seen[again]! > 0) stream.take(again, pick % seen[again]!);
    if (!stream.isOverLimit) check();
  }
}

describe('a period', () => {
  it('comes to what the sheet says after every step, in any order, with repeats and corrections', () => {
    fc.assert(
      fc.property(plan, fc.array(history, { minLength: 1, maxLength: 8 }), schedule, (modelPlan, histories, picks) => {
        const stream = new Stream(modelPlan, histories);
        run(stream, picks, () => {
          expect(stream.charged).toBe(modelTotal(modelPlan, stream.effective));
          expect(totalOf(stream.terms, stream.period)).toBe(stream.charged);
          expect(stream.charged >= 0n).toBe(true);
        });
        if (stream.isOverLimit) {
          const whole = histories.map(({ versions }, index) =>
            versions.map((version) => (version ? [asModel(index, version)] : [])),
          );
          expect(
            whole
              .flat(2)
              .some(
                (use) =>
                  modelLines(modelPlan, [...stream.effective.filter(({ key }) => key !== use.key), use]) >
                  largestAmount,
              ),
          ).toBe(true);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('comes to the same however its uses are shuffled, and whatever is repeated', () => {
    fc.assert(
      fc.property(
        plan,
        fc.array(history, { minLength: 2, maxLength: 8 }),
        schedule,
        schedule,
        (modelPlan, histories, one, other) => {
          const streams = [one, other].map((picks) => {
            const stream = new Stream(modelPlan, histories);
            run(stream, picks, () => undefined);
            return stream;
          });
          if (streams.some(({ isOverLimit }) => isOverLimit)) return;
          expect(streams[0]!.charged).toBe(streams[1]!.charged);
          expect(streams[0]!.period).toEqual(streams[1]!.period);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('comes to its part of the minimum once it is over, whenever late uses and corrections come', () => {
    const closing = fc.record({
      minimumCharge: fc.bigInt({ min: 0n, max: 10n ** 12n }),
      days: fc.bigInt({ min: 0n, max: 30n }),
      at: fc.nat({ max: 20 }),
    });
    fc.assert(
      fc.property(
        plan,
        fc.array(history, { minLength: 1, maxLength: 6 }),
        schedule,
        closing,
        (modelPlan, histories, picks, { minimumCharge, days, at }) => {
          const stream = new Stream(modelPlan, histories);
          const closed = { minimumCharge, days, ofDays: 30n };
          let steps = 0;
          run(stream, picks, () => {
            if (steps === at) {
              const minimum = prorated(minimumCharge, Number(days), 30);
              stream.apply(closePeriod(stream.terms, stream.period, minimum));
            }
            const model = modelTotal(modelPlan, stream.effective, steps >= at ? closed : undefined);
            expect(stream.charged).toBe(model);
            steps += 1;
          });
        },
      ),
      { numRuns: 200 },
    );
  });
});
