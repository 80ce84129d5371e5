import { describe, expect, it } from '@jest/globals';
import { completeOperation, type Operation } from './complete-operation.ts';
import type { Schemas } from './examples.ts';

describe('an operation', () => {
  const requiresBody = (schema: object, schemas: Schemas = {}) => {
    const operation: Operation = { responses: {}, requestBody: { content: { 'application/json': { schema } } } };
    const completion = { handlers: new Map(), resources: {}, terms: {}, schemas };
    completeOperation({ method: 'post', path: '/v1/jars', operation }, completion);
    return (operation.requestBody as { readonly required?: boolean }).required;
  };

  it('requires its body', () => {
    expect(requiresBody({ type: 'object' })).toBe(true);
    expect(requiresBody({ $ref: '#/components/schemas/Jar' }, { Jar: { type: 'object' } })).toBe(true);
  });

  it('does not require a body that has a default', () => {
    expect(requiresBody({ type: 'object', default: {} })).toBe(false);
    expect(requiresBody({ $ref: '#/components/schemas/Jar' }, { Jar: { type: 'object', default: {} } })).toBe(false);
  });
});
