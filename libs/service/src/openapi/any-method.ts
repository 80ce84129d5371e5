import type { OpenAPIObject } from '@nestjs/swagger';

/** Methods of a handler of any method that the document lists. */
const listed = ['get', 'post', 'put', 'patch', 'delete'] as const;
/** Those without a body in requests. */
const withoutBody: readonly string[] = ['get', 'delete'];

/** The name that Nest gives an operation of a handler of any method: `callApp_get`. */
const nestsName = /^(\w+)_[a-z]+$/;
/** Its name in the document: `callAppByGet`. */
const ourName = /By(?:Get|Post|Put|Patch|Delete)$/;

/** Names the operations of handlers of any method, and leaves out those of rare methods. */
export function nameAnyMethods({ paths }: OpenAPIObject): void {
  for (const item of Object.values(paths)) {
    for (const [method, operation] of Object.entries(item as Record<string, { operationId?: string }>)) {
      const [, handler] = nestsName.exec(operation.operationId ?? '') ?? [];
      if (handler === undefined) continue;
      if (!(listed as readonly string[]).includes(method)) {
        delete item[method as 'head'];
        continue;
      }
      operation.operationId = `${handler}By${method[0]!.toUpperCase()}${method.slice(1)}`;
      if (withoutBody.includes(method)) delete item[method as 'get']!.requestBody;
    }
  }
}

/** Name of the handler of an operation. */
export const handlerOf = (operationId: string): string => operationId.replace(ourName, '');
