import type { Term } from './service-api.ts';

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const telling = ['example', 'examples', '$ref', 'oneOf', 'allOf', 'properties', 'enum', 'const'];

/** True if a schema has nothing that an example could be built from, except the items of a list. */
function isBare(schema: Json): boolean {
  const { anyOf = [], type } = schema;
  if (type === 'boolean' || telling.some((name) => name in schema)) return false;
  return (anyOf as readonly Json[]).every(isBare);
}

/** Adds the meanings of their names to fields that have no description. */
export function explainFields(value: unknown, terms: Readonly<Record<string, Term>>): void {
  if (typeof value !== 'object' || value === null) return;
  const { properties } = value as Json;
  if (isObject(properties)) {
    for (const [name, field] of Object.entries(properties)) {
      const term = Object.hasOwn(terms, name) ? terms[name] : undefined;
      if (!term || !isObject(field) || '$ref' in field) continue;
      field['description'] ??= term.description;
      if (isBare(field) && 'items' in field === Array.isArray(term.example)) field['example'] = term.example;
    }
  }
  for (const member of Object.values(value)) explainFields(member, terms);
}

/** Named schemas of a document. */
export type Schemas = Readonly<Record<string, object>>;

/**
 * Example of a schema: its own, or one built from its parts' examples, with every field.
 * @throws NoExample naming the place of a part without one
 */
export function exampleOf(schema: unknown, schemas: Schemas, at = ''): unknown {
  if (!isObject(schema)) throw new NoExample(at);
  if ('example' in schema) return schema['example'];
  const { examples, $ref } = schema;
  if (Array.isArray(examples)) return examples[0];
  if ('const' in schema) return schema['const'];
  if (Array.isArray(schema['enum'])) return schema['enum'][0];
  if (typeof $ref === 'string') return exampleOf(schemas[$ref.split('/').at(-1)!], schemas, at);
  const choices = schema['oneOf'] ?? schema['anyOf'];
  if (Array.isArray(choices)) return exampleOf(choices[0], schemas, at);
  if (Array.isArray(schema['allOf'])) {
    return Object.assign({}, ...schema['allOf'].map((part: unknown) => exampleOf(part, schemas, at))) as unknown;
  }
  if (isObject(schema['properties'])) return exampleOfFields(schema['properties'], schemas, at);
  if (isObject(schema['items'])) return [exampleOf(schema['items'], schemas, `${at}/0`)];
  if (schema['type'] === 'boolean') return true;
  throw new NoExample(at);
}

function exampleOfFields(fields: Json, schemas: Schemas, at: string): Json {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, exampleOf(field, schemas, `${at}/${name}`)]),
  );
}

/** A part of a schema from which no example can be built. */
export class NoExample extends Error {
  override readonly name = 'NoExample';
  constructor(readonly at: string) {
    super(`${at || 'the whole'} has no example`);
  }
}
