import { describe, expect, it } from '@jest/globals';
import {
  type Aggregation,
  closePeriod,
  correctInPeriod,
  emptyPeriod,
  evolvePeriod,
  maxRememberedValues,
  maxUniqueValues,
  type MeasuredUse,
  type Period,
  periodAt,
  type PlanPrice,
  type PlanTerms,
  prorated,
  type Rated,
  rateInPeriod,
  termsOf,
  totalOf,
  type Unrated,
} from './index.ts';

const termsWith = (price: Omit<PlanPrice, 'meter'>, aggregation: Aggregation = 'sum', maximumCharge?: bigint) =>
  termsOf({ prices: [{ meter: 'seats', ...price }], maximumCharge }, new Map([['seats', aggregation]]));
let uses = 0;
const use = (units: string, time = 0, key = `use-${(uses += 1)}`): MeasuredUse => ({
  units: { seats: units },
  time,
  key,
});

/** Applies ratings one after another, and keeps the cost of each. */
class Account {
  period: Period = emptyPeriod;
  readonly costs: bigint[] = [];
  readonly lines: Rated['lines'][] = [];

  constructor(readonly terms: PlanTerms) {}

  add(rated: Rated | Unrated): this {
    if (typeof rated === 'string') throw new Error(rated);
    this.costs.push(rated.tokens);
    this.lines.push(rated.lines);
    this.period = evolvePeriod(this.period, rated.change);
    return this;
  }
  rate(...all: MeasuredUse[]): this {
    for (const one of all) this.add(rateInPeriod(this.terms, this.period, one));
    return this;
  }
  correct(was: MeasuredUse, is?: MeasuredUse): this {
    return this.add(correctInPeriod(this.terms, this.period, was, is));
  }
  get total(): bigint {
    return totalOf(this.terms, this.period);
  }
}
const costsOf = (terms: PlanTerms, ...units: string[]) =>
  new Account(terms).rate(...units.map((one) => use(one))).costs;

const tiers = [
  { upTo: '10', unitPrice: '2' },
  { upTo: '20', unitPrice: '1' },
  { upTo: null, unitPrice: '0.5' },
];

describe('what uses cost one after the other', () => {
  it.each<[string, PlanTerms, string[], bigint[]]>([
    ['by the use, each rounded', termsWith({ model: 'per-unit', unitPrice: '0.5' }), ['1', '1', '3'], [1n, 1n, 2n]],
    ['by uses, whatever they give', termsWith({ model: 'per-unit', unitPrice: '7' }, 'count'), ['0', '9.5'], [7n, 7n]],
    [
      'after the included units, rounded on the line',
      termsWith({ model: 'per-unit', unitPrice: '0.5', includedUnits: '10' }),
      ['9', '1', '1', '1', '2'],
      [0n, 0n, 1n, 0n, 1n],
    ],
    [
      'by packages that were started',
      termsWith({ model: 'package', unitPrice: '5', includedUnits: '100' }),
      ['0', '0.000001', '99', '0.999999', '0.000001', '250'],
      [0n, 5n, 0n, 0n, 5n, 10n],
    ],
    ['by graduated tiers', termsWith({ model: 'graduated', tiers }), ['10', '5', '6', '2'], [20n, 5n, 6n, 1n]],
    [
      'by volume tiers, given back where the cheaper one is reached',
      termsWith({ model: 'volume', tiers }),
      ['10', '0.000001', '10'],
      [20n, -10n, 0n],
    ],
    ['by the largest', termsWith({ model: 'per-unit', unitPrice: '3' }, 'max'), ['2', '5', '4'], [6n, 9n, 0n]],
    [
      'by different units',
      termsWith({ model: 'per-unit', unitPrice: '3' }, 'unique'),
      ['7', '8', '7.0', '7.5'],
      [3n, 3n, 0n, 3n],
    ],
    ['up to the maximum', termsWith({ model: 'per-unit', unitPrice: '3' }, 'sum', 10n), ['2', '2', '9'], [6n, 4n, 0n]],
    [
      // 999999999999999998.999999 × 1000000000000.000001 =
      // 999999999999999999999998999999.999998999999.
      'exact at the ends of what numbers may be',
      termsWith({ model: 'per-unit', unitPrice: '1000000000000.000001', includedUnits: '1' }),
      ['1', '999999999999999998.999999'],
      [0n, 999_999_999_999_999_999_999_999_000_000n],
    ],
  ])('is %s', (_, terms, units, costs) => {
    expect(costsOf(terms, ...units)).toEqual(costs);
  });

  it('is by the latest at its own time, and of two at one time by the larger key', () => {
    const account = new Account(termsWith({ model: 'per-unit', unitPrice: '3' }, 'latest'));
    account.rate(use('5', 20, 'b'), use('9', 10, 'z'), use('2', 20, 'c'), use('7', 20, 'a'), use('4', 30, 'a'));
    expect(account.costs).toEqual([15n, 0n, -9n, 0n, 6n]);
  });

  it('is nothing for meters without a price, and by each price of the others', () => {
    const terms = termsOf(
      {
        prices: [
          { meter: 'requests', model: 'per-unit', unitPrice: '0.4' },
          { meter: 'input_tokens', model: 'per-unit', unitPrice: '0.4' },
          { meter: 'images', model: 'per-unit', unitPrice: '10', includedUnits: '1' },
        ],
      },
      new Map(),
    );
    const rated = rateInPeriod(terms, emptyPeriod, {
      ...{ units: { requests: '1', input_tokens: '1', images: '3', gpu_seconds: '8' }, time: 0, key: 'a' },
    }) as Rated;
    expect(rated.tokens).toBe(21n);
    expect(rated.lines).toEqual([
      { meter: 'requests', units: '1', unitPrice: '0.4', tokens: 0n },
      { meter: 'input_tokens', units: '1', unitPrice: '0.4', tokens: 1n },
      { kind: 'period', meter: 'images', before: '0', after: '3', tokens: 20n },
    ]);
  });

  it('has lines for what a maximum takes back, and says so', () => {
    const account = new Account(termsWith({ model: 'graduated', tiers }, 'sum', 12n)).rate(use('5'), use('5'));
    expect(account.lines).toEqual([
      [{ kind: 'period', meter: 'seats', before: '0', after: '5', tokens: 10n }],
      [
        { kind: 'period', meter: 'seats', before: '5', after: '10', tokens: 10n },
        { kind: 'maximum', tokens: -8n },
      ],
    ]);
  });
});

describe('a use after quantities that are known without their uses', () => {
  it.each<[Aggregation, string, string, bigint]>([
    ['sum', '9.5', '1', 1n],
    ['count', '11', '400', 1n],
    ['max', '9', '12', 3n],
    ['latest', '12', '9', -3n],
    ['unique', '10', '3', 1n],
  ])('costs what it adds to a %s of %s: with %s, %s', (aggregation, before, units, cost) => {
    const terms = termsWith({ model: 'per-unit', unitPrice: '1', includedUnits: '1' }, aggregation);
    const period = periodAt(terms, { seats: before }) as Period;
    expect(rateInPeriod(terms, period, use(units, 1))).toMatchObject({ tokens: cost });
  });

  it('costs the same as after the uses themselves', () => {
    const terms = termsWith({ model: 'graduated', tiers }, 'sum', 30n);
    const account = new Account(terms).rate(use('4'), use('8'));
    expect(periodAt(terms, { seats: '12' })).toEqual(account.period);
    expect(periodAt(terms, {})).toEqual(emptyPeriod);
  });

  it('is not rated beyond the bounds', () => {
    const seats = termsWith({ model: 'per-unit', unitPrice: '1' }, 'unique');
    expect(periodAt(seats, { seats: String(maxUniqueValues + 1) })).toBe('too-many-values');
    const dear = termsWith({ model: 'per-unit', unitPrice: '999999999999999999', includedUnits: '1' });
    expect(periodAt(dear, { seats: '999999999999999999' })).toBe('amount-over-limit');
  });
});

describe('a period that is over', () => {
  it('is charged what is missing to its minimum, and late uses what they add above it', () => {
    const account = new Account(termsWith({ model: 'per-unit', unitPrice: '3' })).rate(use('2'));
    account.add(closePeriod(account.terms, account.period, 10n)).rate(use('1'), use('1'), use('1'));
    expect(account.costs).toEqual([6n, 4n, 0n, 2n, 3n]);
    expect(account.lines[1]).toEqual([{ kind: 'minimum', tokens: 4n }]);
    expect(account.lines[2]).toEqual([
      { meter: 'seats', units: '1', unitPrice: '3', tokens: 3n },
      { kind: 'minimum', tokens: -3n },
    ]);
  });

  it.each([
    [31n, 30, 31, 30n],
    [100n, 1, 3, 33n],
    [100n, 2, 3, 67n],
    [5n, 1, 2, 3n],
    [5n, 0, 2, 0n],
    [10n ** 30n, 2_678_400_000, 2_678_400_000, 10n ** 30n],
  ])('has its part of %s for %s of %s ms: %s', (amount, part, whole, expected) =>
    expect(prorated(amount, part, whole)).toBe(expected),
  );

  it('has no more than all of it', () => expect(() => prorated(1n, 3, 2)).toThrow('not within 2 ms'));
});

describe('a correction', () => {
  it('gives back or charges what the use would have changed from the start', () => {
    const account = new Account(termsWith({ model: 'graduated', tiers }));
    const [first, second] = [use('10'), use('5')];
    account
      .rate(first, second)
      .correct(first, { ...first, units: { seats: '1' } })
      .correct(second);
    expect(account.costs).toEqual([20n, 5n, -13n, -10n]);
    expect(account.total).toBe(2n);
  });

  it('takes back the lines of a use that was rated by itself', () => {
    const account = new Account(termsWith({ model: 'per-unit', unitPrice: '0.5' }));
    const [wrong, other] = [use('3'), use('1')];
    account.rate(wrong, other).correct(wrong);
    expect(account.costs).toEqual([2n, 1n, -2n]);
    expect(account.lines[2]).toEqual([{ meter: 'seats', units: '-3', unitPrice: '0.5', tokens: -2n }]);
  });

  it('finds what was largest before, and what was latest', () => {
    const max = new Account(termsWith({ model: 'per-unit', unitPrice: '1' }, 'max'));
    const [five, again, nine] = [use('5'), use('5'), use('9')];
    max.rate(five, again, nine).correct(nine).correct(five).correct(again);
    expect(max.costs).toEqual([5n, 0n, 4n, -4n, 0n, -5n]);
    const latest = new Account(termsWith({ model: 'per-unit', unitPrice: '1' }, 'latest'));
    const [early, late] = [use('5', 1), use('9', 2)];
    latest.rate(early, late).correct(late);
    expect(latest.costs).toEqual([5n, 4n, -4n]);
  });

  it('takes back nothing that was never counted', () => {
    for (const aggregation of ['sum', 'max', 'unique', 'latest'] as const) {
      const terms = termsWith({ model: 'per-unit', unitPrice: '1', includedUnits: '1' }, aggregation);
      expect(() => correctInPeriod(terms, emptyPeriod, use('4'), undefined)).toThrow('was never counted by seats');
    }
  });
});

describe('bounds', () => {
  const perSeat = (aggregation: Aggregation) => termsWith({ model: 'per-unit', unitPrice: '1' }, aggregation);
  const many = (count: number, from = 1) =>
    Array.from({ length: count }, (_, index) => use(String(from + index), from + index));

  it(`are ${maxUniqueValues} different units; known ones are still counted`, () => {
    const account = new Account(perSeat('unique')).rate(...many(maxUniqueValues));
    expect(account.total).toBe(BigInt(maxUniqueValues));
    expect(rateInPeriod(account.terms, account.period, use('5000'))).toBe('too-many-values');
    account.rate(use('7'));
    expect(account.total).toBe(BigInt(maxUniqueValues));
  });

  it.each(['max', 'latest'] as const)(
    `are ${maxRememberedValues} voids of %s in a row, after which the uses that are left are counted anew`,
    (aggregation) => {
      const all = many(maxRememberedValues + 3);
      const account = new Account(perSeat(aggregation)).rate(...all);
      for (const highest of all.slice(4).reverse()) account.correct(highest);
      expect(account.total).toBe(4n);
      // Left out long ago, and lower than the remembered values: it neither counts nor is missed.
      account.rate(use('2', 2)).correct(all[0]!);
      expect(account.total).toBe(4n);
      expect(correctInPeriod(account.terms, account.period, all[3]!, undefined)).toBe('needs-recount');
      expect(new Account(account.terms).rate(all[1]!, all[2]!).total).toBe(3n);
    },
  );

  it('are 10^30 µAIT', () => {
    const terms = termsWith({ model: 'per-unit', unitPrice: '999999999999', includedUnits: '1' });
    const account = new Account(terms).rate(use('999999999999999999'));
    expect(rateInPeriod(terms, account.period, use('999999999999999999'))).toBe('amount-over-limit');
  });
});
