import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { pageQuery } from '../http/pages.ts';
import { call } from '../specimen/call.ts';
import { runJars } from '../specimen/run-jars.ts';
import type { Specimen } from '../specimen/run-jars.ts';
import type { OpenAPIObject } from '@nestjs/swagger';
import { clientFaults, documentFaults } from './document-faults.ts';
import { openApiSchema } from './json-schema.ts';

type Json = Readonly<Record<string, unknown>>;

interface Document {
  readonly openapi: string;
  readonly info: Json;
  readonly tags: readonly Json[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationJson>>>>;
  readonly components: Json;
}

interface OperationJson {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly parameters: readonly Json[];
  readonly responses: Readonly<Record<string, Json>>;
  readonly security?: readonly Json[];
  readonly requestBody?: { readonly content: Json };
}

let jars: Specimen;
let document: Document;
beforeAll(async () => {
  jars = await runJars();
  document = (await call(`${jars.url}/openapi.json`)).body as unknown as Document;
});
afterAll(() => jars.close());

const operations = () =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  );

/** Every `$ref` in a value. */
function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { $ref } = value as { readonly $ref?: unknown };
  return [...(typeof $ref === 'string' ? [$ref] : []), ...Object.values(value).flatMap(referencesIn)];
}

describe('the OpenAPI document', () => {
  it('is 3.1 and has every route, except its own', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths).sort()).toEqual([
      '/health/live',
      '/health/ready',
      '/metrics',
      '/v1/broken',
      '/v1/commands/{commandId}',
      '/v1/fillings:batch',
      '/v1/jars',
      '/v1/jars/{jarId}',
      '/v1/jars/{jarId}/emptyings',
      '/v1/jars/{jarId}/fillings',
      '/v1/labels',
      '/v1/notes:batch',
      '/v1/open-jar',
      '/v1/whoami',
    ]);
  });

  it('refers to nothing that it does not have', () => {
    const references = [...new Set(referencesIn(document))];
    expect(references.length).toBeGreaterThan(10);
    for (const reference of references) {
      const found = reference
        .slice(2)
        .split('/')
        .reduce<unknown>((at, name) => (at as Json | undefined)?.[name], document);
      expect([reference, typeof found]).toEqual([reference, 'object']);
    }
  });

  it('names each operation once, and declares each parameter of its path', () => {
    const ids = operations().map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { path, operation } of operations()) {
      const declared = operation.parameters
        .filter((parameter) => parameter['in'] === 'path')
        .map((parameter) => parameter['name']);
      expect(declared).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
    }
  });

  it('says of each operation who may call it, with what headers, and that errors are problems', () => {
    const fill = document.paths['/v1/jars/{jarId}/fillings']!['post']!;
    expect(fill.security).toEqual([{ bearer: ['wallet:transfers:write'] }]);
    expect(referencesIn(fill.parameters)).toEqual([
      '#/components/parameters/Idempotency-Key',
      '#/components/parameters/x-correlator',
    ]);
    expect(Object.keys(fill.responses)).toEqual([
      '201',
      '202',
      '400',
      '401',
      '403',
      '404',
      '409',
      '413',
      '415',
      '422',
      '503',
      'default',
    ]);
    expect(document.paths['/v1/open-jar']!['post']!.security).toEqual([]);
    expect(document.paths['/v1/commands/{commandId}']!['get']!.security).toEqual([{}, { bearer: [] }]);
    for (const { operation } of operations()) {
      expect(referencesIn(operation.responses['default'])).toEqual(['#/components/responses/Error']);
    }
  });

  it('has bodies as they are on the wire, with examples', () => {
    expect(document.paths['/v1/jars/{jarId}/fillings']!['post']!.requestBody!.content).toEqual({
      'application/json': {
        example: expect.anything(),
        schema: {
          type: 'object',
          properties: {
            tokens: expect.objectContaining({ type: 'string', example: '1250000' }),
            memo: expect.objectContaining({ type: 'string', maxLength: 40 }),
          },
          required: ['tokens'],
          additionalProperties: false,
        },
      },
    });
  });

  it('has nothing that generators of clients stumble over', () => {
    expect(documentFaults(document as unknown as OpenAPIObject)).toEqual([]);
    const stumbled = { a: { items: false }, b: { prefixItems: [] }, c: { pattern: '^\\P{Cc}*$' }, d: { pattern: '(' } };
    expect(clientFaults(stumbled).map((fault) => fault.slice(0, 2))).toEqual(['/a', '/b', '/c', '/d']);
    const example = { name: 'Idempotency-Key', example: 'x' };
    expect(clientFaults({ example })).toHaveLength(1);
  });

  it("has each operation's text from the doc comment of its handler, and its tag from its path", () => {
    expect(document.paths['/v1/jars/{jarId}/fillings']!['post']).toMatchObject({
      operationId: 'fillJar',
      summary: 'Puts tokens into a jar',
      description: 'The first filling creates the jar.',
      tags: ['fillings'],
    });
    expect(document.tags).toContainEqual({ name: 'fillings', description: 'What is put in' });
  });

  it('is of the product and its version', () => {
    const { version } = JSON.parse(readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8')) as Json;
    expect(document.info).toMatchObject({ title: 'Tokengrid jars', version });
  });

  it('has a description and an example of each parameter of a path', () => {
    expect(document.paths['/v1/jars/{jarId}']!['get']!.parameters[0]).toMatchObject({
      name: 'jarId',
      description: 'Id of the jar',
      example: 'jar_1',
    });
  });

  it('makes examples of bodies from those of their fields', () => {
    expect(document.paths['/v1/jars/{jarId}/fillings']!['post']!.requestBody!.content).toMatchObject({
      'application/json': { example: { tokens: '1250000', memo: 'for tea' } },
    });
  });

  it("lists an operation's own error codes, with an example each", () => {
    const conflict = document.paths['/v1/jars/{jarId}/emptyings']!['post']!.responses['409'] as unknown as {
      readonly description: string;
      readonly content: Readonly<Record<string, { readonly examples: Readonly<Record<string, Json>> }>>;
    };
    const { examples } = conflict.content['application/problem+json']!;
    expect(Object.keys(examples)).toEqual(['WALLET.INSUFFICIENT_TOKENS', 'IDEMPOTENCY_KEY_IN_FLIGHT']);
    expect(examples['WALLET.INSUFFICIENT_TOKENS']!['value']).toMatchObject({
      ...{ type: 'urn:tokengrid:problem:WALLET.INSUFFICIENT_TOKENS', title: 'Insufficient tokens', status: 409 },
      ...{ available: '5', required: '9' },
    });
  });

  it('writes a tuple as a list of so many', () => {
    expect(openApiSchema(z.tuple([z.string(), z.string()]))!.schema).toEqual({
      ...{ type: 'array', items: { type: 'string' }, minItems: 2, maxItems: 2 },
    });
    expect(openApiSchema(z.tuple([z.string(), z.boolean()]))!.schema).toMatchObject({
      items: { anyOf: [{ type: 'string' }, { type: 'boolean' }] },
    });
  });

  it('says that `limit` is a whole number', () => {
    const { limit } = openApiSchema(pageQuery)!.schema['properties'] as { readonly limit: Json };
    expect(limit).toMatchObject({ type: 'integer', minimum: 1, maximum: 1000 });
    expect(limit).not.toHaveProperty('pattern');
  });

  it.each([
    [{}, '/'],
    [{ BASE_PATH: '/wallet' }, '/wallet'],
    [{ PUBLIC_URL: 'https://api.example/' }, 'https://api.example'],
    [{ PUBLIC_URL: 'https://api.example', BASE_PATH: '/wallet' }, 'https://api.example/wallet'],
  ])('names the server that its settings say: %j', async (environment, url) => {
    const set = await runJars({ environment });
    expect((await call(`${set.url}/openapi.json`)).body).toMatchObject({ servers: [{ url }] });
    await set.close();
  });

  it('has the filters of a list as query parameters', () => {
    expect(document.paths['/v1/jars']!['get']!.parameters[0]).toMatchObject({
      name: 'color',
      in: 'query',
      required: false,
      schema: { type: 'string', enum: ['red', 'blue'] },
    });
  });
});

describe('/docs', () => {
  it('is Swagger UI that needs nothing from the internet', async () => {
    const page = await (await fetch(`${jars.url}/docs`)).text();
    const sources = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source!);
    expect(sources).toContain('./docs/swagger-ui-bundle.js');
    for (const source of sources) {
      expect(source).toMatch(/^\.\/docs\//);
      const asset = await fetch(`${jars.url}/${source.slice(2)}`);
      await asset.body?.cancel();
      expect([source, asset.status]).toEqual([source, 200]);
    }
    const start = await (await fetch(`${jars.url}/docs/swagger-ui-init.js`)).text();
    expect(start).toContain('"validatorUrl": null');
    expect(start).toContain('"persistAuthorization": true');
  });

  it('is where the address of the service leads', async () => {
    const response = await fetch(`${jars.url}/`, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([302, '/docs']);
    expect(await response.json()).toEqual({ docs: '/docs', openapi: '/openapi.json' });
  });
});
