import { describe, it } from '@jest/globals';
import { instantOf, SigningKeyPublished } from '@tokengrid/contracts';
import { givenFor, someContext } from '@tokengrid/kernel';
import { signingKeys } from '../state/signing-keys.ts';
import { publishSigningKey } from './publish-signing-key.ts';

const given = givenFor(signingKeys);
const now = someContext.time;
const key = {
  keyId: 'k'.repeat(43),
  issuer: 'https://identity.operator.example',
  publicKey: { kty: 'EC' as const, crv: 'P-256' as const, x: 'x'.repeat(43), y: 'y'.repeat(43) },
};
const publish = { ...key, periodMs: 10_000, tokensMs: 500, isUrgent: false };
const publishedFrom = (from: number) =>
  SigningKeyPublished({
    ...{ ...key, signsFrom: instantOf(from), signsUntil: instantOf(from + 10_000) },
    expiresAt: instantOf(from + 10_500),
  });

describe('publishing a signing key', () => {
  it('lets the first one sign at once', () => given().when(publishSigningKey, publish).then(publishedFrom(now)));

  it('lets the next one take over when the last one ends', () =>
    given(publishedFrom(now - 9000))
      .when(publishSigningKey, publish)
      .then(publishedFrom(now + 1000)));

  it('lets it sign at once when the last one has ended', () =>
    given(publishedFrom(now - 20_000))
      .when(publishSigningKey, publish)
      .then(publishedFrom(now)));

  it('lets it sign at once when no other key can', () =>
    given(publishedFrom(now - 9000))
      .when(publishSigningKey, { ...publish, isUrgent: true })
      .then(publishedFrom(now)));
});
