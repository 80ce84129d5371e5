import { expect, it } from '@jest/globals';
import { CallerKeyPublished, instantOf } from '@tokengrid/contracts';
import { givenFor, someContext } from '@tokengrid/kernel';
import { callerKeys } from '../state/caller-keys.ts';
import { publishCallerKey } from './publish-caller-key.ts';

const signsFrom = someContext.time;
const publicKey = { kty: 'EC' as const, crv: 'P-256' as const, x: 'x'.repeat(43), y: 'y'.repeat(43) };
const key = { keyId: 'k'.repeat(43), publicKey };
const published = CallerKeyPublished({
  ...{ ...key, signsFrom: instantOf(signsFrom), formerUntil: instantOf(signsFrom + 900_000) },
});

it('a key of callers is stated with the time from which it signs, and the end of those before it', () =>
  givenFor(callerKeys)()
    .when(publishCallerKey, { ...key, signsFrom, overlapMs: 900_000 })
    .then(published));

it('the last eight keys are known to be stated', () => {
  const ids = Array.from({ length: 9 }, (_, index) => String(index).repeat(43));
  const state = ids.reduce(
    (keys, keyId) => callerKeys.evolve(keys, { ...published, data: { ...published.data, keyId } } as never),
    callerKeys.initial,
  );
  expect(state).toEqual({ latest: ids.slice(1) });
});
