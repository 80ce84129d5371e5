import type { Manifest } from '@tokengrid/contracts';
import { wellKnownMeters } from '@tokengrid/contracts';

/** A place in a manifest that does not fit the rest of it. */
export interface ManifestProblem {
  /** JSON Pointer into the manifest. */
  readonly pointer: string;
  readonly detail: string;
}

type Plan = Manifest['plans'][number];
type Price = Plan['prices'][number];

/**
 * What is wrong with a manifest that is well formed field by field: the automatic checks. They run when a version is written, as
 * errors, and again when it is submitted, as reasons of a rejection, by the rules of that day.
 */
export function manifestProblems({ meters, plans }: Manifest): readonly ManifestProblem[] {
  const known = new Set([...wellKnownMeters, ...meters.map((meter) => meter.name)]);
  const names = meters.map(({ name }) => name);
  const ids = plans.map(({ id }) => id);
  return [
    ...repeated(names).map((index) => ({
      pointer: `/meters/${index}/name`,
      detail: 'is the name of an earlier meter',
    })),
    ...repeated(ids).map((index) => ({ pointer: `/plans/${index}/id`, detail: 'is the id of an earlier plan' })),
    ...plans.flatMap((plan, index) => planProblems(plan, `/plans/${index}`, known)),
  ];
}

function planProblems({ prices }: Plan, at: string, known: ReadonlySet<string>): ManifestProblem[] {
  const twice = new Set(repeated(prices.map(({ meter }) => meter)));
  return prices.flatMap((price, index) => {
    const pointer = `${at}/prices/${index}`;
    const problems = priceProblems(price, pointer);
    if (!known.has(price.meter)) {
      problems.push({
        pointer: `${pointer}/meter`,
        detail: "is neither one of the manifest's meters nor a well-known one",
      });
    }
    if (twice.has(index)) problems.push({ pointer: `${pointer}/meter`, detail: 'has a price in this plan already' });
    return problems;
  });
}

function priceProblems({ model, unitPrice, tiers, includedUnits }: Price, at: string): ManifestProblem[] {
  const tiered = model === 'graduated' || model === 'volume';
  const problems: ManifestProblem[] = [];
  if (tiered && unitPrice !== undefined) {
    problems.push({ pointer: `${at}/unitPrice`, detail: `has no place in a ${model} price: its tiers have prices` });
  }
  if (!tiered && tiers !== undefined) {
    problems.push({ pointer: `${at}/tiers`, detail: `have no place in a ${model} price` });
  }
  if (model === 'package' && (includedUnits === undefined || includedUnits === '0')) {
    problems.push({ pointer: `${at}/includedUnits`, detail: 'must say how many units a package has' });
  }
  return tiered && tiers ? [...problems, ...tierProblems(tiers, `${at}/tiers`)] : problems;
}

function tierProblems(tiers: NonNullable<Price['tiers']>, at: string): ManifestProblem[] {
  return tiers.flatMap(({ upTo }, index) => {
    const pointer = `${at}/${index}/upTo`;
    if (index === tiers.length - 1) {
      return upTo === null ? [] : [{ pointer, detail: 'must be null: the last tier has no end' }];
    }
    if (upTo === null) return [{ pointer, detail: 'must be a number: only the last tier has no end' }];
    const before = index === 0 ? null : tiers[index - 1]!.upTo;
    const rises = before === null || BigInt(before) < BigInt(upTo);
    return rises ? [] : [{ pointer, detail: 'must be more than that of the tier before' }];
  });
}

/** Where a value stands that stood earlier in the list. */
function repeated(values: readonly string[]): number[] {
  return values.flatMap((value, index) => (values.indexOf(value) < index ? [index] : []));
}
