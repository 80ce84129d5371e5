import { applyDecorators, HttpCode } from '@nestjs/common';
import { ApiProduces, ApiResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { Produces } from '../http/route-settings.ts';

/**
 * Documents a route's success: the status (also of plain values that the controller returns) and
 * the schema of the body. Errors are documented for every route without it.
 */
export function Responds(status: number, schema?: z.ZodType, description = ''): MethodDecorator {
  return applyDecorators(
    HttpCode(status),
    ApiResponse({ status, description, ...(schema && { standardSchema: schema }) }),
  );
}

/** Maximum number of idle connections kept for reading; more concurrent readers are rare. */
export const csvType = 'text/csv';

/** Documents that a route also answers in CSV: see `@Accepted()`. */
export const RespondsCsvToo = (): MethodDecorator =>
  applyDecorators(ApiProduces('application/json', csvType), Produces('application/json', csvType));

/** Documents a route that answers in CSV alone. */
export const RespondsCsv = (description: string): MethodDecorator =>
  applyDecorators(
    HttpCode(200),
    ApiResponse({ status: 200, description, content: { [csvType]: { schema: { type: 'string' } } } }),
    Produces(csvType),
  );
