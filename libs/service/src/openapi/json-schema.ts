import { z } from 'zod';

/** A schema as OpenAPI has it, and the named schemas (`.meta({ id })`) that it refers to. */
export interface ConvertedSchema {
  readonly schema: Record<string, unknown>;
  readonly components: Record<string, Record<string, unknown>>;
}

/**
 * A zod schema as OpenAPI 3.1 has it, which is JSON Schema 2020-12. Always the side of the wire, for answers too: a schema of an
 * amount turns the wire's string into code's bigint, and the document tells of the string.
 */
export function openApiSchema(schema: unknown): ConvertedSchema | undefined {
  if (!(schema instanceof z.ZodType)) return undefined;
  const { $schema: _, $defs = {}, ...converted } = z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12' });
  return { schema: converted, components: $defs as ConvertedSchema['components'] };
}
