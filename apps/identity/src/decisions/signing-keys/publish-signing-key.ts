import { instantOf, SigningKeyPublished } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Decided } from '../rules/decided.ts';
import type { SigningKeys } from '../state/signing-keys.ts';

/** Public part of a signing key on P-256, as a JWK. */
export interface PublicSigningKey {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
}

export interface PublishSigningKey {
  readonly keyId: string;
  readonly issuer: string;
  readonly publicKey: PublicSigningKey;
  /** Time for which it signs. */
  readonly periodMs: number;
  /** Longest life of the tokens that it signs. */
  readonly tokensMs: number;
  /** True where no other key can sign now: it signs at once. */
  readonly isUrgent: boolean;
}

/**
 * Publishes a key that takes over when the last one ends, so that every service knows it before it
 * sees a token of it.
 */
export function publishSigningKey(
  { latest }: SigningKeys,
  { keyId, issuer, publicKey, periodMs, tokensMs, isUrgent }: PublishSigningKey,
  { time }: DecisionContext,
): Decided {
  const last = latest.at(-1);
  const from = last === undefined || isUrgent ? time : Math.max(time, last.signsUntil);
  const until = from + periodMs;
  return [
    SigningKeyPublished({
      ...{ keyId, issuer, publicKey: { ...publicKey } },
      ...{ signsFrom: instantOf(from), signsUntil: instantOf(until), expiresAt: instantOf(until + tokensMs) },
    }),
  ];
}
