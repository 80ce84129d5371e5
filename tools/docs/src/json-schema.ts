import type { EventDeclaration } from '@tokengrid/contracts';
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
 * The JSON of an event's current version, as it stands in the topic (amounts are strings there).
 * @param target AsyncAPI's own schemas are a superset of draft 7; files stand alone and say that they are 2020-12.
 */
export function jsonSchemaOf(event: EventDeclaration, target: 'draft-7' | 'draft-2020-12'): JsonSchema {
  const { $schema, ...schema } = z.toJSONSchema(event.schema, {
    io: 'input',
    target,
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
  return target === 'draft-7' ? schema : { $schema, ...schema };
}

/** The schema's name, in `ce_dataschema` and as the `$id` of its file. */
export function schemaId(service: string, { type, version }: EventDeclaration): string {
  return `urn:tokengrid:schema:${service}:${type}:v${version}`;
}

/** One event's schema as a document of its own. */
export function schemaFile(service: string, event: EventDeclaration): JsonSchema {
  const { $schema, ...schema } = jsonSchemaOf(event, 'draft-2020-12');
  return { $schema, $id: schemaId(service, event), title: event.type, description: event.sentence, ...schema };
}
