import { type EventDeclaration, fieldMeanings, meaningKey } from '@tokengrid/contracts';
import { z } from 'zod';

/** As much of JSON Schema as zod makes of our declarations. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly format?: string;
  readonly additionalProperties?: JsonSchema | boolean;
}

/** What zod bounds every integer by: true of each in JSON, so saying it helps nobody. */
const implied = [
  ['minimum', Number.MIN_SAFE_INTEGER],
  ['maximum', Number.MAX_SAFE_INTEGER],
] as const;

/**
 * The JSON of an event's current version, as it stands in the topic (amounts are strings there), with each field described.
 * Nothing in it differs between draft 7, which AsyncAPI's own schemas are a superset of, and 2020-12.
 */
export function jsonSchemaOf(event: EventDeclaration): JsonSchema {
  const schema = z.toJSONSchema(event.schema, {
    io: 'input',
    target: 'draft-2020-12',
    override: ({ jsonSchema }) => {
      // One example is what OpenAPI 3.0 has; JSON Schema and AsyncAPI have a list.
      if ('example' in jsonSchema) {
        jsonSchema.examples = [jsonSchema['example']];
        delete jsonSchema['example'];
      }
      // Whoever reads events passes over fields that a later release adds.
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
      for (const [keyword, value] of implied) if (jsonSchema[keyword] === value) delete jsonSchema[keyword];
    },
  }) as JsonSchema & { $schema: string };
  return described(schema, event.type, '');
}

/** The schema with a description of each field, which is its meaning in the contracts, and its form where the schema says that. */
function described(schema: JsonSchema, type: string, path: string): JsonSchema {
  const { properties, items, anyOf, oneOf, additionalProperties } = schema;
  const fields = Object.entries(properties ?? {}).map(([name, field]): [string, JsonSchema] => {
    const here = path === '' ? name : `${path}.${name}`;
    const key = meaningKey(type, here);
    const { description: form, ...rest } = described(field, type, here);
    const texts = [key === undefined ? undefined : fieldMeanings[key], form].filter((text) => text !== undefined);
    return [name, { ...(texts.length > 0 && { description: texts.join('; ') }), ...rest }];
  });
  const ofAlternatives = (each: readonly JsonSchema[]) => each.map((one) => described(one, type, path));
  return {
    ...schema,
    ...(properties && { properties: Object.fromEntries(fields) }),
    ...(items && { items: described(items, type, `${path}[]`) }),
    ...(anyOf && { anyOf: ofAlternatives(anyOf) }),
    ...(oneOf && { oneOf: ofAlternatives(oneOf) }),
    ...(typeof additionalProperties === 'object' && {
      additionalProperties: described(additionalProperties, type, `${path}{}`),
    }),
  };
}

/** The schema's name, in `ce_dataschema` and as the `$id` of its file. */
export function schemaId(service: string, { type, version }: EventDeclaration): string {
  return `urn:tokengrid:schema:${service}:${type}:v${version}`;
}

/** Where the schema's file is, from `docs`. */
export function schemaPath(service: string, { type, version }: EventDeclaration): string {
  return `schemas/${service}/${type}.v${version}.json`;
}

/**
 * One event's schema as a document of its own.
 * @param example the golden sample of its version
 */
export function schemaFile(service: string, event: EventDeclaration, example: unknown): JsonSchema {
  const { $schema, ...schema } = jsonSchemaOf(event);
  const head = { $schema, $id: schemaId(service, event), title: event.type, description: event.sentence };
  return { ...head, ...schema, examples: [example] };
}
