import { divideHalfUp, scaled } from '@tokengrid/contracts';
import { productScale } from './decimals.ts';

/** A price for a single use: µAIT a unit, or a use if the meter counts. */
export interface UsePrice {
  readonly meter: string;
  readonly unitPrice: string;
  /** `sum` by default. */
  readonly aggregation?: 'sum' | 'count' | undefined;
}

/** One price applied to one use. */
export interface UseLine {
  readonly meter: string;
  /** Units that the price was applied to: the reported ones, or `1` if the meter counts. */
  readonly units: string;
  readonly unitPrice: string;
  /** µAIT; the lines of a use add up to its total. */
  readonly tokens: bigint;
}

/** Cost of a use by the prices of one list. */
export interface UseCost {
  readonly tokens: bigint;
  /** In the order of the prices; none for a meter that the use does not name. */
  readonly lines: readonly UseLine[];
}

/**
 * Rates a use by itself. The exact sum of its lines is rounded half up once; each line is the
 * rounded sum up to it, less the rounded sum before it.
 */
export function rateByUse(units: Readonly<Record<string, string>>, prices: readonly UsePrice[]): UseCost {
  // Meter names are foreign input, and every object has a `constructor`.
  const reported = new Map(Object.entries(units));
  const lines: UseLine[] = [];
  let exact = 0n;
  let tokens = 0n;
  for (const { meter, unitPrice, aggregation } of prices) {
    const given = reported.get(meter);
    if (given === undefined) continue;
    const counted = aggregation === 'count' ? '1' : given;
    exact += scaled(counted) * scaled(unitPrice);
    const upToHere = divideHalfUp(exact, productScale);
    lines.push({ meter, units: counted, unitPrice, tokens: upToHere - tokens });
    tokens = upToHere;
  }
  return { tokens, lines };
}
