import { createHash } from 'node:crypto';

/** As much of JSON Schema as events' schemas have. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly additionalProperties?: JsonSchema | boolean;
}

/**
 * An event's version as the lock keeps it: a hash per field, by the field's path. `?` ends the path of a field that may be absent;
 * items of lists are `[]`, values of maps `{}`, alternatives `(1)`, `(2)` …
 */
export type Fingerprint = Readonly<Record<string, string>>;

/** Keywords that bind no reader. */
const unbinding = new Set(['$schema', '$id', 'title', 'description', 'examples']);
const hexDigits = 16;

/** The fingerprint of a schema. Fields have their lines in the order in which they are declared. */
export function fingerprintOf(schema: JsonSchema): Fingerprint {
  return Object.fromEntries(linesOf(schema, '', ''));
}

function linesOf(schema: JsonSchema, path: string, mark: string): [key: string, hash: string][] {
  const { properties, required = [], items, anyOf, oneOf, additionalProperties, ...own } = schema;
  const alternatives = anyOf ?? oneOf ?? [];
  const isMap = typeof additionalProperties === 'object';
  const shape = { ...own, isMap, isClosed: additionalProperties === false, alternatives: alternatives.length };
  return [
    [`${path}${mark}`, hashOf(shape)],
    ...Object.entries(properties ?? {}).flatMap(([name, field]) =>
      linesOf(field, path === '' ? name : `${path}.${name}`, required.includes(name) ? '' : '?'),
    ),
    ...(items ? linesOf(items, `${path}[]`, '') : []),
    ...(isMap ? linesOf(additionalProperties, `${path}{}`, '') : []),
    ...alternatives.flatMap((each, index) => linesOf(each, `${path}(${index + 1})`, '')),
  ];
}

function hashOf(shape: object): string {
  const binding = Object.entries(shape).filter(([keyword]) => !unbinding.has(keyword));
  const text = JSON.stringify(binding.sort(([a], [b]) => (a < b ? -1 : 1)));
  return createHash('sha256').update(text).digest('hex').slice(0, hexDigits);
}

/**
 * The changes of a released version that somebody could not read, one sentence each. Whoever runs the release before refuses what is
 * wider than they know, and the log holds what is narrower: so a field that was released stays as it is, and a new one may be absent.
 */
export function breakingChanges(before: Fingerprint, after: Fingerprint): string[] {
  const [old, now] = [fieldsOf(before), fieldsOf(after)];
  const faults = [...old].flatMap(([path, was]) => {
    const is = now.get(path);
    if (is === undefined) return now.has(parentOf(path)) ? [`${named(path)} is gone`] : [];
    if (was.isOptional && !is.isOptional) return [`${named(path)} was optional, is required`];
    if (!was.isOptional && is.isOptional) return [`${named(path)} was always there, is optional`];
    return is.hash === was.hash ? [] : [`${named(path)} has another type, other bounds or other values`];
  });
  const added = [...now].filter(([path, { isOptional }]) => !isOptional && !old.has(path) && old.has(parentOf(path)));
  return [...faults, ...added.map(([path]) => `${named(path)} is new and required`)];
}

const named = (path: string) => (path === '' ? 'the event itself' : path);

/** The path of what holds a field: `lots[]` for `lots[].tokens`, the empty one for a field of the event itself. */
const parentOf = (path: string) => path.replace(/(^|\.)[^.[({]*$|\[\]$|\{\}$|\(\d+\)$/, '');

function fieldsOf(fingerprint: Fingerprint) {
  return new Map(
    Object.entries(fingerprint).map(([key, hash]) => {
      const isOptional = key.endsWith('?');
      return [isOptional ? key.slice(0, -1) : key, { isOptional, hash }] as const;
    }),
  );
}
