import { Fraction } from './fraction.ts';

/** How the uses of a period make one quantity of a meter. */
export type Aggregation = 'sum' | 'count' | 'max' | 'unique' | 'latest';

/** Units that one use gives a meter. */
export interface Reading {
  /** Epoch milliseconds of the use. */
  readonly time: number;
  /** Tells uses of one time apart: of two of them, the larger is the later. */
  readonly usageId: string;
  /** A decimal. */
  readonly units: string;
}

/**
 * Quantity of a meter over a period, from all of its readings, whatever their order: their sum,
 * their number, the largest, the number of different ones (`1` and `1.0` are one), or the one of
 * the latest time. No reading: 0.
 */
export function quantityOf(aggregation: Aggregation, readings: readonly Reading[]): Fraction {
  const amounts = readings.map(({ units }) => Fraction.ofDecimal(units));
  switch (aggregation) {
    case 'sum':
      return amounts.reduce((sum, each) => sum.plus(each), Fraction.zero);
    case 'count':
      return Fraction.of(BigInt(readings.length));
    case 'max':
      return amounts.reduce((most, each) => (each.isAbove(most) ? each : most), Fraction.zero);
    case 'unique': {
      const different = amounts.filter((each, index) => !amounts.slice(0, index).some((one) => one.equals(each)));
      return Fraction.of(BigInt(different.length));
    }
    case 'latest': {
      const inOrder = readings.toSorted(
        (one, other) => one.time - other.time || (one.usageId < other.usageId ? -1 : 1),
      );
      return Fraction.ofDecimal(inOrder.at(-1)?.units ?? '0');
    }
  }
}
