import type { OpenAPIObject } from '@nestjs/swagger';
import type { ErrorCode } from '@tokengrid/contracts';
import { codes as declared } from '@tokengrid/contracts';
import { problemResponse, sharedResponses } from './common-components.ts';
import type { ForeignApi } from '../http/foreign-api.ts';
import { handlerOf } from './any-method.ts';
import { exampleOf, NoExample, type Schemas } from './examples.ts';
import type { Handler } from './handlers.ts';
import { openApiSchema } from './json-schema.ts';
import { csvType } from './responds.ts';
import type { ServiceApi, Term } from './service-api.ts';

type PathItem = OpenAPIObject['paths'][string];
/** One operation of an OpenAPI document. */
export type Operation = NonNullable<PathItem['get']>;
type Responses = Operation['responses'];

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** An operation and its place. */
export interface PlacedOperation {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** Each operation of a document. */
export function operationsOf(document: OpenAPIObject): readonly PlacedOperation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    methods.flatMap((method) => (item[method] ? [{ method, path, operation: item[method] }] : [])),
  );
}

const refer = (kind: string, name: string) => ({ $ref: `#/components/${kind}/${name}` });

/** Parts of a document from which its operations are completed. */
export interface Completion extends Pick<ServiceApi, 'resources' | 'terms'> {
  readonly handlers: ReadonlyMap<string, Handler>;
  readonly schemas: Schemas;
}

/**
 * Adds the text, tag, error codes, common parts (headers, errors, the correlator of answers) and
 * examples of an operation.
 */
export function completeOperation(placed: PlacedOperation, { handlers, resources, terms, schemas }: Completion): void {
  const { method, path, operation } = placed;
  const handler = handlers.get(handlerOf(operation.operationId ?? ''));
  const { summary = '', description = '', codes = [], foreign, passes = false } = handler ?? {};
  Object.assign(operation, { summary, description, tags: tagsOf(path, resources) });
  operation.security ??= [];
  if (!passes) sayWhetherBodyIsRequired(operation, schemas);
  explainParameters(operation, terms);
  completeAnswers(operation.responses);
  giveExamples(operation, schemas);
  const parameters = (operation.parameters ??= []);
  // A route of an API of others takes keys if its handler says so.
  const takesKeys = foreign ? !codes.every(isNoKeys) : !passes;
  if (method !== 'get' && takesKeys) parameters.push(refer('parameters', 'Idempotency-Key'));
  parameters.push(refer('parameters', 'x-correlator'));
  const ofKind = codesOfKind(placed).filter((code) => !passes || !isOfOwnBodies(code));
  if (foreign) addForeignErrors(operation.responses, [...codes, ...ofKind.filter(isNoKeys)], foreign);
  else addErrors(operation.responses, [...codes, ...ofKind]);
}

/** Tag of a path: the last resource in it, in the plural if the path has the singular. */
function tagsOf(path: string, resources: ServiceApi['resources']): string[] {
  const named = path
    .split(/[/:]/)
    .flatMap((segment) => [segment, `${segment}s`].filter((name) => Object.hasOwn(resources, name)));
  return named.slice(-1);
}

/** Marks the body as required unless it has a default. */
function sayWhetherBodyIsRequired({ requestBody }: Operation, schemas: Schemas): void {
  if (!requestBody || !('content' in requestBody)) return;
  requestBody.required = Object.values(requestBody.content).every(({ schema }) => {
    const name = schema && '$ref' in schema ? schema.$ref.split('/').at(-1)! : undefined;
    return !('default' in ((name === undefined ? schema : schemas[name]) ?? {}));
  });
}

function explainParameters({ parameters = [] }: Operation, terms: Readonly<Record<string, Term>>): void {
  for (const parameter of parameters) {
    if ('$ref' in parameter || !Object.hasOwn(terms, parameter.name)) continue;
    const { description, example } = terms[parameter.name]!;
    parameter.description ??= description;
    // A query without an example asks for all; with examples of every filter it would ask for
    // nothing.
    if (parameter.in === 'path') parameter.example ??= example;
  }
}

const wordsOf: Readonly<Record<string, string>> = { 200: 'Done', 201: 'Created', 202: 'Accepted', 204: 'Done' };

function completeAnswers(responses: Responses): void {
  for (const [status, response] of Object.entries(responses)) {
    if (!response || '$ref' in response) continue;
    response.headers = { ...response.headers, 'x-correlator': refer('headers', 'x-correlator') };
    response.description ||= wordsOf[status] ?? 'Answer';
    if (response.content?.[csvType]) response.content[csvType] = { schema: { type: 'string' } };
  }
}

type Content = NonNullable<Exclude<Responses[string], undefined | { $ref: string }>['content']>;

/** Gives JSON bodies the examples of their schemas; `documentFaults` reports {@link NoExample}. */
function giveExamples({ requestBody, responses }: Operation, schemas: Schemas): void {
  const bodies = [requestBody, ...Object.values(responses)];
  for (const body of bodies) {
    const { content = {} } = body && 'content' in body ? (body as { readonly content: Content }) : {};
    for (const [type, media] of Object.entries(content)) {
      if (!type.includes('json') || media.example !== undefined || media.examples) continue;
      try {
        media.example = exampleOf(media.schema, schemas);
      } catch (error) {
        if (!(error instanceof NoExample)) throw error;
      }
    }
  }
}

/** Codes that every operation of a kind can answer. */
function codesOfKind({ method, path, operation: { security, requestBody } }: PlacedOperation): readonly ErrorCode[] {
  const roles = security?.flatMap((requirement) => requirement['bearer'] ?? []) ?? [];
  const codes: ErrorCode[] = ['INVALID_ARGUMENT', 'UNAVAILABLE'];
  if (security?.some((requirement) => 'bearer' in requirement)) codes.push('UNAUTHENTICATED');
  if (roles.length > 0) codes.push('PERMISSION_DENIED');
  if (path.includes('{')) codes.push('NOT_FOUND');
  if (method === 'get') codes.push('NOT_ACCEPTABLE');
  else codes.push('IDEMPOTENCY_KEY_IN_FLIGHT', 'IDEMPOTENCY_KEY_REUSED', 'UNSUPPORTED_MEDIA_TYPE');
  if (requestBody) codes.push('PAYLOAD_TOO_LARGE');
  return codes;
}

/** True for a code that has nothing to do with Idempotency-Keys. */
const isNoKeys = (code: ErrorCode): boolean => !code.startsWith('IDEMPOTENCY_KEY_');

/** True for a code that a request which is passed on never gets. */
const isOfOwnBodies = (code: ErrorCode): boolean =>
  !isNoKeys(code) || code === 'NOT_ACCEPTABLE' || code === 'UNSUPPORTED_MEDIA_TYPE';

/** Codes by their status, in the order of statuses. */
function byStatus(codes: readonly ErrorCode[]): readonly (readonly [number, ReadonlySet<ErrorCode>])[] {
  const found = new Map<number, Set<ErrorCode>>();
  for (const code of codes) {
    const { status } = declared[code];
    if (status !== undefined) found.set(status, (found.get(status) ?? new Set()).add(code));
  }
  return [...found].sort(([a], [b]) => a - b);
}

/** Errors in the form of the API that an operation follows. */
function addForeignErrors(responses: Responses, codes: readonly ErrorCode[], { errors }: ForeignApi): void {
  const { schema } = openApiSchema(errors)!;
  const content = { 'application/json': { schema, example: schema['example'] } };
  const headers = { 'x-correlator': refer('headers', 'x-correlator') };
  for (const [status, of] of byStatus(codes)) {
    const meanings = [...of].map((code) => `- ${declared[code].meaning}`);
    responses[status] ??= { description: meanings.join('\n'), headers, content };
  }
  responses['default'] ??= { description: 'Any other error', headers, content };
}

function addErrors(responses: Responses, codes: readonly ErrorCode[]): void {
  const shared = Object.entries(sharedResponses);
  for (const [status, of] of byStatus(codes)) {
    const [name] = shared.find(([, [, code]]) => of.size === 1 && of.has(code)) ?? [];
    responses[status] ??= name === undefined ? problemResponse(status, [...of]) : refer('responses', name);
  }
  responses['default'] ??= refer('responses', 'Error');
}
