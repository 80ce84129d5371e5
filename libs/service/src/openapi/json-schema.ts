import { z } from 'zod';

/** A schema in OpenAPI's form, and the named schemas (`.meta({ id })`) that it refers to. */
export interface ConvertedSchema {
  readonly schema: Record<string, unknown>;
  readonly components: Record<string, Record<string, unknown>>;
}

/**
 * A zod schema as OpenAPI 3.1, which is JSON Schema 2020-12. It always describes the wire, for
 * answers too: an amount is a string there and a bigint in code.
 */
export function openApiSchema(schema: unknown): ConvertedSchema | undefined {
  if (!(schema instanceof z.ZodType)) return undefined;
  const {
    $schema: _,
    $defs = {},
    ...converted
  } = z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-2020-12',
    override: ({ jsonSchema }) => {
      forGenerators(jsonSchema);
    },
  });
  return { schema: converted, components: $defs as ConvertedSchema['components'] };
}

/**
 * Rewrites a tuple as a list of fixed length: client generators support neither schemas that are
 * `false` nor items by place.
 */
function forGenerators(schema: z.core.JSONSchema.BaseSchema): void {
  const { prefixItems } = schema;
  if (prefixItems === undefined) return;
  const kinds = [
    ...new Map(prefixItems.map((item) => [JSON.stringify(item), item])).values(),
  ] as z.core.JSONSchema.BaseSchema[];
  delete schema.prefixItems;
  schema.items = kinds.length === 1 ? kinds[0]! : { anyOf: kinds };
  schema.minItems = prefixItems.length;
  schema.maxItems = prefixItems.length;
}

/**
 * Parser of the values that a schema of an OpenAPI document admits.
 * @param schemas the document's named schemas
 */
export function parserOf(schema: unknown, schemas: Readonly<Record<string, unknown>>): z.ZodType {
  const standalone = JSON.stringify({ ...(schema as object), $defs: schemas });
  type JsonSchema = Parameters<typeof z.fromJSONSchema>[0];
  return z.fromJSONSchema(JSON.parse(standalone.replaceAll('#/components/schemas/', '#/$defs/')) as JsonSchema);
}
