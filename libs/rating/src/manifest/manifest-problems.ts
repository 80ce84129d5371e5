import type { Manifest, ManifestFault } from '@tokengrid/contracts';
import { isReadable, seenOf, wellKnownMeters } from '@tokengrid/contracts';
import { planProblems } from '../plan-problems.ts';
import { credentialFaults } from './endpoint-faults.ts';

type Plan = Manifest['plans'][number];

/**
 * Problems of a manifest with valid fields: parts that don't fit together. They are checked when a
 * version is drafted, as errors, and again when it is submitted, by the rules of that day.
 */
export function manifestProblems({
  endpoint,
  description,
  meters,
  plans,
  models = [],
}: Manifest): readonly ManifestFault[] {
  const known = new Set([...wellKnownMeters, ...meters.map((meter) => meter.name)]);
  const names = meters.map(({ name }) => name);
  const ids = plans.map(({ id }) => id);
  return [
    ...credentialFaults(endpoint),
    ...unreadable(description, '/description'),
    ...meters.flatMap(({ unit }, index) => unreadable(unit, `/meters/${index}/unit`)),
    ...repeated(names).map((index) => fault('APP_REGISTRY.METER_REPEATED', `/meters/${index}/name`)),
    ...repeated(ids).map((index) => fault('APP_REGISTRY.PLAN_REPEATED', `/plans/${index}/id`)),
    ...repeated(plans.map(({ name }) => asRead(name))).map((index) =>
      fault('APP_REGISTRY.PLAN_NAME_REPEATED', `/plans/${index}/name`),
    ),
    ...plans.flatMap((plan, index) => [
      ...unreadable(plan.name, `/plans/${index}/name`),
      ...unknownMeters(plan, `/plans/${index}`, known),
      ...planProblems(plan, `/plans/${index}`),
    ]),
    ...repeated(models).map((index) => fault('APP_REGISTRY.MODEL_REPEATED', `/models/${index}`)),
  ];
}

function unknownMeters({ prices }: Plan, at: string, known: ReadonlySet<string>): ManifestFault[] {
  return prices.flatMap(({ meter }, index) =>
    known.has(meter) ? [] : [fault('APP_REGISTRY.METER_UNKNOWN', `${at}/prices/${index}/meter`)],
  );
}

const unreadable = (text: string, pointer: string): ManifestFault[] =>
  isReadable(text) ? [] : [fault('APP_REGISTRY.TEXT_UNREADABLE', pointer)];

const fault = (code: ManifestFault['code'], pointer: string): ManifestFault => ({ code, pointer });

/** A name as people read it: what they see, of one case, form of characters, and space. */
const asRead = (name: string): string => seenOf(name).normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim();

/** Indexes of values that occur earlier in the list. */
function repeated(values: readonly string[]): number[] {
  return values.flatMap((value, index) => (values.indexOf(value) < index ? [index] : []));
}
