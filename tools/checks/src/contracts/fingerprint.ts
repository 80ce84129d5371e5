import { createHash } from 'node:crypto';

/** Subset of JSON Schema in events' schemas. */
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
 * An event's version in the lock: a hash per field, by the field's path. `?` ends the path of an
 * optional field; items of lists are `[]`, values of maps `{}`, alternatives `(1)`, `(2)` …
 */
export type Fingerprint = Readonly<Record<string, string>>;

/** Keywords without effect on readers. */
const unbinding = new Set(['$schema', '$id', 'title', 'description', 'examples']);
const hexDigits = 16;

/** Fingerprint of a schema, with the fields in order of declaration. */
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
 * Changes that make a released version unreadable for some reader, one sentence each. The previous
 * release refuses wider values, and the log holds narrower ones: so a released field stays as it
 * is, and a new one must be optional.
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

/** Path of the parent: `lots[]` for `lots[].tokens`, empty for a field of the event itself. */
const parentOf = (path: string) => path.replace(/(^|\.)[^.[({]*$|\[\]$|\{\}$|\(\d+\)$/, '');

function fieldsOf(fingerprint: Fingerprint) {
  return new Map(
    Object.entries(fingerprint).map(([key, hash]) => {
      const isOptional = key.endsWith('?');
      return [isOptional ? key.slice(0, -1) : key, { isOptional, hash }] as const;
    }),
  );
}
