import { fieldMeanings, meaningKey } from './field-meanings.ts';

/** Subset of JSON Schema that zod generates for our declarations. */
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

/**
 * The schema with a description of each field: its meaning from the contracts, and its form from
 * the schema.
 */
export function withMeanings(schema: JsonSchema, type: string, path: string): JsonSchema {
  const { properties, items, anyOf, oneOf, additionalProperties } = schema;
  const fields = Object.entries(properties ?? {}).map(([name, field]): [string, JsonSchema] => {
    const here = path === '' ? name : `${path}.${name}`;
    const key = meaningKey(type, here);
    const { description: form, ...rest } = withMeanings(field, type, here);
    const texts = [key === undefined ? undefined : fieldMeanings[key], form].filter((text) => text !== undefined);
    return [name, { ...(texts.length > 0 && { description: texts.join('; ') }), ...rest }];
  });
  const ofAlternatives = (each: readonly JsonSchema[]) => each.map((one) => withMeanings(one, type, path));
  return {
    ...schema,
    ...(properties && { properties: Object.fromEntries(fields) }),
    ...(items && { items: withMeanings(items, type, `${path}[]`) }),
    ...(anyOf && { anyOf: ofAlternatives(anyOf) }),
    ...(oneOf && { oneOf: ofAlternatives(oneOf) }),
    ...(typeof additionalProperties === 'object' && {
      additionalProperties: withMeanings(additionalProperties, type, `${path}{}`),
    }),
  };
}
