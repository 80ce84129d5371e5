import { expect } from '@jest/globals';
import type { Answer } from './client.ts';

export { eventually, hasStatus, isReady } from './eventually.ts';

/** Expects a problem document (RFC 9457, CAMARA) with a status and a code. */
export function expectProblem(answer: Answer, status: number, code: string): void {
  expect({ status: answer.status, code: answer.body['code'] }).toEqual({ status, code });
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(answer.headers.get('x-correlator')).toBeTruthy();
  expect(answer.body).toMatchObject({
    type: expect.any(String),
    title: expect.any(String),
    status,
    detail: expect.any(String),
    instance: expect.any(String),
    message: expect.any(String),
  });
  expect(JSON.stringify(answer.body)).not.toMatch(/node_modules|\.[jt]s:\d+/);
}

/** Expects 400 `INVALID_ARGUMENT` with these places of the body. */
export function expectInvalid(answer: Answer, ...pointers: readonly string[]): void {
  expectProblem(answer, 400, 'INVALID_ARGUMENT');
  if (pointers.length === 0) return;
  const errors = answer.body['errors'] as readonly { readonly pointer: string }[];
  expect(errors.map(({ pointer }) => pointer)).toEqual(expect.arrayContaining([...pointers]));
}
