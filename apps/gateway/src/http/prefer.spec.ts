import { expect, it } from '@jest/globals';
import { preferenceOf } from './prefer.ts';

it.each([
  [undefined, false, undefined],
  ['respond-async', true, undefined],
  ['Respond-Async, wait=10', true, 10],
  ['wait = 10; strict, return=minimal', false, 10],
  ['wait="7"', false, 7],
  ['wait=1, wait=2', false, 1],
  ['wait=soon, respond-async; x="y"', true, undefined],
  ['note="wait=5, respond-async"', false, undefined],
  ['note="unclosed, wait=5', false, 5],
  [['respond-async', 'wait=3'], true, 3],
  ['', false, undefined],
])('of %j is respond-async %s, and wait %s', (header, isAsync, waitSeconds) =>
  expect(preferenceOf(header)).toEqual({ isAsync, waitSeconds }),
);
