import type { INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { z } from 'zod';
import { operationsOf, type PlacedOperation } from '../openapi/complete-operation.ts';
import { openApiDocument } from '../openapi/documentation.ts';
import { parserOf } from '../openapi/json-schema.ts';

type Json = Readonly<Record<string, unknown>>;

/** An answer that a caller received. */
export interface GivenAnswer {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly status: number;
  readonly body: unknown;
}

/** A request built from the examples of its operation. */
export interface ExampleRequest {
  readonly method: string;
  readonly path: string;
  readonly contentType: string;
  readonly body: unknown;
  /** True if it takes no API key. */
  readonly isPublic: boolean;
}

/**
 * Codes of requests that match no operation, and of unexpected failures: the response `default`.
 */
const ofNoOperation = [
  'METHOD_NOT_ALLOWED',
  'REQUEST_TIMEOUT',
  'EVENTS_RETIRED',
  'URI_TOO_LONG',
  'EXPECTATION_FAILED',
  'TOO_MANY_REQUESTS',
  'HEADERS_TOO_LARGE',
  'INTERNAL',
  'EVENT_INVALID',
  'STREAM_UNREADABLE',
];

/** A read whose query has a fault, and the pointer to it. */
export interface FaultyQuery {
  readonly path: string;
  readonly pointer: string;
}

/** A cursor that no list issued. */
const forgedCursor = `${Buffer.from('[1,"a"]').toString('base64url')}${'A'.repeat(16)}`;

/**
 * Checks the answers of a running service against its own OpenAPI document. A status, an error code
 * or a field that the document lacks fails the spec that first meets it.
 */
export class DocumentedAnswers {
  private document: OpenAPIObject | undefined;
  private readonly parsers = new Map<string, z.ZodType>();

  constructor(
    private readonly app: INestApplication,
    private readonly service: string,
  ) {}

  /** @throws Error for an answer that the document lacks */
  mustTell(answer: GivenAnswer): void {
    const fault = this.faultOf(answer);
    if (fault !== undefined) {
      throw new Error(`${answer.method} ${answer.path}: the OpenAPI document lacks ${fault}`);
    }
  }

  /** A request for each operation with a body, from the examples of its path and first body. */
  exampleRequests(): readonly ExampleRequest[] {
    const document = (this.document ??= openApiDocument(this.app, this.service));
    return operationsOf(document).flatMap(({ method, path, operation: { parameters = [], requestBody, security } }) => {
      const content = requestBody && 'content' in requestBody ? requestBody.content : {};
      return Object.entries(content)
        .slice(0, 1)
        .map(([contentType, { example: body }]) => ({
          ...{ method: method.toUpperCase(), path: filledIn(path, parameters) },
          ...{ contentType, body: body as unknown, isPublic: security?.length === 0 },
        }));
    });
  }

  /** Each read with a parameter that none takes, and each list with a forged cursor. */
  faultyQueries(): readonly FaultyQuery[] {
    const document = (this.document ??= openApiDocument(this.app, this.service));
    const reads = operationsOf(document).filter(({ method, path }) => method === 'get' && path.startsWith('/v1/'));
    return reads.flatMap(({ path, operation: { parameters = [] } }) => {
      const filled = filledIn(path, parameters);
      const isList = parameters.some((parameter) => 'in' in parameter && parameter.name === 'cursor');
      const unknown = { path: `${filled}?no_such_field=1`, pointer: '/no_such_field' };
      return isList ? [unknown, { path: `${filled}?cursor=${forgedCursor}`, pointer: '/cursor' }] : [unknown];
    });
  }

  private faultOf({ method, path, status, body }: GivenAnswer): string | undefined {
    const document = (this.document ??= openApiDocument(this.app, this.service));
    const placed = operationAt(document, method, path);
    if (!placed) return undefined;
    const response = placed.operation.responses[status];
    const { code } = (body ?? {}) as { readonly code?: string };
    if (!response) return ofNoOperation.includes(code ?? '') ? undefined : `the answer ${status} ${code ?? ''}`;
    const { content } = resolved(response, document);
    const [type, media] = Object.entries(content ?? {})[0] ?? [];
    if (!type?.includes('json') || !media || body === undefined) return undefined;
    const codes = media.examples && Object.keys(media.examples);
    if (status >= 400 && codes) return codes.includes(code ?? '') ? undefined : `the code ${code} with ${status}`;
    const parser = this.parserOf(`${placed.operation.operationId} ${status}`, media.schema, document);
    const { error } = parser.safeParse(body);
    return error && `the body of its ${status}: ${error.message}`;
  }

  private parserOf(name: string, schema: unknown, { components }: OpenAPIObject): z.ZodType {
    let parser = this.parsers.get(name);
    if (!parser) this.parsers.set(name, (parser = parserOf(schema, components?.schemas ?? {})));
    return parser;
  }
}

/** A path with the examples of its parameters. */
const filledIn = (path: string, parameters: NonNullable<PlacedOperation['operation']['parameters']>): string =>
  parameters.reduce(
    (at, parameter) => ('in' in parameter ? at.replace(`{${parameter.name}}`, String(parameter.example)) : at),
    path,
  );

interface Media {
  readonly schema?: unknown;
  readonly examples?: Json;
}

function resolved(response: object, { components }: OpenAPIObject): { readonly content?: Record<string, Media> } {
  if (!('$ref' in response)) return response;
  return components?.responses?.[String(response.$ref).split('/').at(-1)!] as {
    readonly content: Record<string, Media>;
  };
}

/** Operation of a request: among several, the one whose path has the fewest parameters. */
function operationAt(document: OpenAPIObject, method: string, url: string): PlacedOperation | undefined {
  const [path = ''] = url.split('?', 1);
  const parameters = ({ path: of }: PlacedOperation) => of.split('{').length;
  return operationsOf(document)
    .filter((placed) => placed.method === method.toLowerCase() && templateOf(placed.path).test(path))
    .sort((a, b) => parameters(a) - parameters(b))[0];
}

const templateOf = (path: string): RegExp => new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`);
