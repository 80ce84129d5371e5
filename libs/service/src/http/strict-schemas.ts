import type { INestApplication } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer } from '@nestjs/core';
import { openApiSchema } from '../openapi/json-schema.ts';

/**
 * Stops the start of a service whose schemas would drop unknown fields in silence: unknown fields
 * are errors. Bodies and queries are `z.strictObject`; `z.looseObject` declares that foreign fields
 * are welcome.
 * @throws Error naming the method and the place
 */
export function refuseStrippingSchemas(app: INestApplication): void {
  for (const { controllers } of app.get(ModulesContainer).values()) {
    for (const { metatype } of controllers.values()) {
      if (typeof metatype === 'function') refuseIn(metatype as new () => object);
    }
  }
}

function refuseIn(controller: new () => object): void {
  for (const method of Object.getOwnPropertyNames(controller.prototype)) {
    const parameters: Readonly<Record<string, { readonly schema?: unknown }>> =
      Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, method) ?? {};
    for (const { schema } of Object.values(parameters)) {
      const converted = openApiSchema(schema);
      const place = converted && strippingPlace([converted.schema, converted.components], '');
      if (place !== undefined) {
        throw new Error(
          `${controller.name}.${method} would drop unknown fields in silence at ${place}: use z.strictObject, or z.looseObject to accept them`,
        );
      }
    }
  }
}

/** Place of the first object in a JSON Schema that does not say how unknown fields are treated. */
function strippingPlace(schema: unknown, place: string): string | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined;
  if ('properties' in schema && !('additionalProperties' in schema)) return place;
  for (const [name, part] of Object.entries(schema)) {
    const found = strippingPlace(part, `${place}/${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}
