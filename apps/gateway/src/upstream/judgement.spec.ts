import { expect, it } from '@jest/globals';
import { judged } from './judgement.ts';

it.each([
  [400, {}, { kind: 'refused', status: 400 }],
  [401, {}, { kind: 'unauthorized' }],
  [403, {}, { kind: 'unauthorized' }],
  [404, {}, { kind: 'failed' }],
  [429, {}, { kind: 'busy', retryAfterMs: 1000 }],
  [429, { 'retry-after': '7' }, { kind: 'busy', retryAfterMs: 7000 }],
  [429, { 'retry-after-ms': '250' }, { kind: 'busy', retryAfterMs: 250 }],
  [429, { 'retry-after': '1000000' }, { kind: 'busy', retryAfterMs: 600_000 }],
  [500, {}, { kind: 'failed' }],
  [503, {}, { kind: 'failed' }],
  [503, { 'retry-after': '3' }, { kind: 'busy', retryAfterMs: 3000 }],
])('a status of %s with %j says %j of an offer', (status, headers, expected) =>
  expect(judged({ status, headers } as Parameters<typeof judged>[0])).toEqual(expected),
);
