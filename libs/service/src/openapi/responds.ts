import { applyDecorators, HttpCode } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import type { z } from 'zod';

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
