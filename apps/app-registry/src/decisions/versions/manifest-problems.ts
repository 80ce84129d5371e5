import type { Manifest } from '@tokengrid/contracts';
import { wellKnownMeters } from '@tokengrid/contracts';
import { planProblems } from '@tokengrid/rating';

/** A place in a manifest that contradicts the rest of it. */
export interface ManifestProblem {
  /** JSON Pointer into the manifest. */
  readonly pointer: string;
  readonly detail: string;
}

type Plan = Manifest['plans'][number];

/**
 * Problems of a manifest with valid fields: the automatic checks. They run when a version is
 * drafted, as errors, and again when it is submitted, as reasons of a rejection, by the rules of
 * that day.
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
    ...plans.flatMap((plan, index) => [
      ...unknownMeters(plan, `/plans/${index}`, known),
      ...planProblems(plan, `/plans/${index}`),
    ]),
  ];
}

function unknownMeters({ prices }: Plan, at: string, known: ReadonlySet<string>): ManifestProblem[] {
  return prices.flatMap(({ meter }, index) =>
    known.has(meter)
      ? []
      : [
          {
            pointer: `${at}/prices/${index}/meter`,
            detail: "is neither one of the manifest's meters nor a well-known one",
          },
        ],
  );
}

/** Indexes of values that occur earlier in the list. */
function repeated(values: readonly string[]): number[] {
  return values.flatMap((value, index) => (values.indexOf(value) < index ? [index] : []));
}
