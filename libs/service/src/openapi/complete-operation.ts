import type { OpenAPIObject } from '@nestjs/swagger';
import { csvType } from './responds.ts';

type PathItem = OpenAPIObject['paths'][string];
/** One operation of an OpenAPI document. */
export type Operation = NonNullable<PathItem['get']>;

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Each operation of a document, with its method. */
export function operationsOf(
  document: OpenAPIObject,
): { readonly method: string; readonly path: string; readonly operation: Operation }[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    methods.flatMap((method) => (item[method] ? [{ method, path, operation: item[method] }] : [])),
  );
}

const refer = (kind: string, name: string) => ({ $ref: `#/components/${kind}/${name}` });

/** The named schemas of a document. */
export type Schemas = Readonly<Record<string, object>>;

/** A body that has a default may be left out. */
function sayWhetherBodyIsRequired({ requestBody }: Operation, schemas: Schemas): void {
  if (!requestBody || !('content' in requestBody)) return;
  requestBody.required = Object.values(requestBody.content).every(({ schema }) => {
    const name = schema && '$ref' in schema ? schema.$ref.split('/').at(-1)! : undefined;
    return !('default' in ((name === undefined ? schema : schemas[name]) ?? {}));
  });
}

/**
 * Adds to an operation what holds for all: the headers, the errors that it can answer, the correlator of its answers, and whether its
 * body may be left out.
 */
export function completeOperation(method: string, path: string, operation: Operation, schemas: Schemas): void {
  sayWhetherBodyIsRequired(operation, schemas);
  const writes = method !== 'get';
  const parameters = (operation.parameters ??= []);
  if (writes) parameters.push(refer('parameters', 'Idempotency-Key'));
  parameters.push(refer('parameters', 'x-correlator'));
  for (const response of Object.values(operation.responses)) {
    if (response && 'description' in response) {
      response.headers = { ...response.headers, 'x-correlator': refer('headers', 'x-correlator') };
      response.description ||= 'as asked';
      if (response.content?.[csvType]) response.content[csvType] = { schema: { type: 'string' } };
    }
  }
  const errors: Record<string, string> = {
    '400': 'Malformed',
    ...(operation.security && { '401': 'Unauthenticated', '403': 'Forbidden' }),
    ...(path.includes('{') && { '404': 'Missing' }),
    ...(writes && { '409': 'Conflict', '413': 'TooLarge', '415': 'WrongType', '422': 'KeyReused' }),
    '503': 'Unavailable',
    default: 'Error',
  };
  for (const [status, name] of Object.entries(errors)) operation.responses[status] ??= refer('responses', name);
}
