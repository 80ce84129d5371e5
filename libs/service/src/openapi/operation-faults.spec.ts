import { describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { operationFaults } from './operation-faults.ts';

const body = (schema: object, example?: unknown) => ({
  content: { 'application/json': { schema, ...(example !== undefined && { example }) } },
});

const whole = {
  operationId: 'fillJar',
  summary: 'Fills a jar',
  description: 'It was empty.',
  tags: ['jars'],
  security: [],
  parameters: [{ name: 'jarId', in: 'path', description: 'Id of the jar', example: 'jar_1' }],
  requestBody: body({ type: 'string' }, 'tea'),
  responses: { 204: { description: 'Done' } },
};

/** Faults of a document with one operation, a valid one with these changes. */
const faultsOf = (changes: object, more: object = {}) =>
  operationFaults({
    ...{ openapi: '3.1.0', info: { title: 'jars', version: '1' }, tags: [{ name: 'jars' }] },
    paths: { '/jars/{jarId}': { post: { ...whole, ...changes }, ...more } },
  } as unknown as OpenAPIObject);

describe('an operation', () => {
  it('that has everything has no fault', () => expect(faultsOf({})).toEqual([]));

  it.each([
    ['a summary', { summary: '' }, 'no summary'],
    ['a summary of one line', { summary: 'x'.repeat(101) }, 'the summary has 101 characters'],
    ['a description', { description: '' }, 'no description'],
    ['text without tags of doc comments', { description: 'See {@link Jar}.' }, "a doc comment's @tag"],
    ['a verb with an object for its name', { operationId: 'jars' }, 'jars is not a verb with an object'],
    ['a resource', { tags: [] }, 'no resource in its path'],
    ['security', { security: undefined }, 'no security, not even []'],
    [
      'a description of a parameter',
      { parameters: [{ name: 'q', in: 'query' }] },
      'the parameter q has no description',
    ],
    [
      'an example of a path',
      { parameters: [{ name: 'id', in: 'path', description: 'Id' }] },
      'the parameter id has no example',
    ],
    [
      'parameters of a length that the router lets through',
      { parameters: [{ ...whole.parameters[0], schema: { type: 'string', maxLength: 1025 } }] },
      'the parameter jarId of up to 1025 characters: a path has 1024',
    ],
    ['an example', { requestBody: body({ type: 'string' }) }, 'the body (application/json): the whole has no example'],
    ['an example that its schema admits', { requestBody: body({ type: 'string' }, 5) }, 'that its schema refuses at /'],
  ])('needs %s', (_, changes, fault) => expect(faultsOf(changes)).toContainEqual(expect.stringContaining(fault)));

  it('has a name of its own', () => expect(faultsOf({}, { put: whole })).toEqual(['two operations are named fillJar']));
});
