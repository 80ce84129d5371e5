import { decimalOf, wellKnownMeters } from '@tokengrid/contracts';
import { emptyCounter, quantityOf } from './counter.ts';
import { oneUnit } from './decimals.ts';
import type { Period, PlanTerms } from './period.ts';
import type { Aggregation, Formula } from './price.ts';

/** A unit price that bounds what uses cost by one price of a plan, whatever else is used. */
export interface Bound {
  readonly meter: string;
  readonly unitPrice: string;
  /** `count`: of each use that names the meter; `sum`: of each unit. */
  readonly aggregation: 'sum' | 'count';
  /** The price is one of each started block of so many units; absent: of each unit. */
  readonly per?: string;
  /** Units × 10^6 that are still free in the period: they can be set aside, as if used. */
  readonly room: bigint;
}

/**
 * Bounds of a plan's prices in a period. What a use costs is at most the sum of its lines by them,
 * each rounded up: of the units of a meter beyond those that were set aside for it.
 *
 * No unit price bounds a volume price with a dearer tier: it makes all earlier units dearer, by as
 * much as others used meanwhile. No version is published with one for a well-known meter, and a
 * gateway measures no others: a price of the app's own meter is left out.
 * @returns undefined if no unit price bounds a well-known meter
 */
export function boundsOf({ byUse, byPeriod }: PlanTerms, { counters }: Period): readonly Bound[] | undefined {
  const bounds: Bound[] = byUse.map(({ meter, unitPrice, aggregation = 'sum' }) => ({
    ...{ meter, unitPrice, aggregation, room: 0n },
  }));
  for (const { meter, aggregation, formula } of byPeriod) {
    const highest = highestOf(formula);
    if (highest === undefined) {
      if (wellKnownMeters.includes(meter)) return undefined;
      continue;
    }
    const adds = aggregation === 'sum' || aggregation === 'count';
    const quantity = quantityOf(counters.get(meter) ?? emptyCounter(aggregation), aggregation);
    bounds.push({
      ...{ meter, unitPrice: decimalOf(highest), aggregation: boundAs(aggregation) },
      ...(formula.model === 'package' && { per: decimalOf(formula.size) }),
      room: adds ? roomOf(formula, quantity) : 0n,
    });
  }
  return bounds;
}

/** A use adds at most one to a number of uses or of different values, else at most its units. */
const boundAs = (aggregation: Aggregation): Bound['aggregation'] =>
  aggregation === 'count' || aggregation === 'unique' ? 'count' : 'sum';

/** The highest unit price that can apply, also after uses were voided. */
function highestOf(formula: Formula): bigint | undefined {
  if (!('tiers' in formula)) return formula.unitPrice;
  const prices = formula.tiers.map(({ unitPrice }) => unitPrice);
  const rises = prices.some((price, tier) => tier > 0 && price > prices[tier - 1]!);
  if (formula.model === 'volume' && rises) return undefined;
  return prices.reduce((highest, price) => (price > highest ? price : highest), 0n);
}

/** More units × 10^6 than any use has: the room of what costs nothing. */
const endless = 10n ** 18n * oneUnit;

/** Units × 10^6 by which a quantity can grow at no cost. */
function roomOf(formula: Formula, quantity: bigint): bigint {
  if (formula.model === 'package') {
    const started = quantity % formula.size;
    return started === 0n ? 0n : formula.size - started;
  }
  // Less of it may cost more, and what is set aside may be given back.
  if (formula.model === 'volume') return 0n;
  const included = quantity < formula.included ? formula.included - quantity : 0n;
  if (formula.model === 'per-unit') return formula.unitPrice === 0n ? endless : included;
  let room = included;
  let at = quantity < formula.included ? 0n : quantity - formula.included;
  for (const { upTo, unitPrice } of formula.tiers) {
    if (upTo !== null && upTo <= at) continue;
    if (unitPrice > 0n) break;
    if (upTo === null) return endless;
    room += upTo - at;
    at = upTo;
  }
  return room;
}
