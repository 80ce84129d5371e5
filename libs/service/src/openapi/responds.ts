import { applyDecorators, HttpCode } from '@nestjs/common';
import { ApiProduces, ApiResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { Produces } from '../http/route-settings.ts';

/**
 * Says what a route answers when all goes well: the status (also of plain values that the controller returns) and the body's schema,
 * both in the OpenAPI document. Errors need no mention: they are documented for every route.
 */
export function Responds(status: number, schema?: z.ZodType, description = ''): MethodDecorator {
  return applyDecorators(
    HttpCode(status),
    ApiResponse({ status, description, ...(schema && { standardSchema: schema }) }),
  );
}

/** CSV is text in the OpenAPI document, whatever the JSON beside it looks like. */
export const csvType = 'text/csv';

/** Says that a route answers the same as CSV too, where it is asked for that: see `@Accepted()`. */
export const RespondsCsvToo = (): MethodDecorator =>
  applyDecorators(ApiProduces('application/json', csvType), Produces('application/json', csvType));
