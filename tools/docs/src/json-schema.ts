import { type EventDeclaration, type JsonSchema, withMeanings } from '@tokengrid/contracts';
import { z } from 'zod';

/** Bounds that zod gives every integer: true of all in JSON, hence useless to state. */
const implied = [
  ['minimum', Number.MIN_SAFE_INTEGER],
  ['maximum', Number.MAX_SAFE_INTEGER],
] as const;

/**
 * JSON Schema of an event's current version, as in the topic (amounts are strings), with each field
 * described. It is valid in draft 7, of which AsyncAPI's own schemas are a superset, and in
 * 2020-12.
 */
export function jsonSchemaOf(event: EventDeclaration): JsonSchema {
  const schema = z.toJSONSchema(event.schema, {
    io: 'input',
    target: 'draft-2020-12',
    override: ({ jsonSchema }) => {
      // A single example is OpenAPI 3.0's form; JSON Schema and AsyncAPI have a list.
      if ('example' in jsonSchema) {
        jsonSchema.examples = [jsonSchema['example']];
        delete jsonSchema['example'];
      }
      // Readers ignore fields that a later release adds.
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
      for (const [keyword, value] of implied) if (jsonSchema[keyword] === value) delete jsonSchema[keyword];
    },
  }) as JsonSchema & { $schema: string };
  return withMeanings(schema, event.type, '');
}

/** Name of the schema, in `ce_dataschema` and as the `$id` of its file. */
export function schemaId(service: string, { type, version }: EventDeclaration): string {
  return `urn:tokengrid:schema:${service}:${type}:v${version}`;
}

/** Path of the schema's file in `docs`. */
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
