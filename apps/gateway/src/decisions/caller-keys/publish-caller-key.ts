import { CallerKeyPublished, type EventOf, instantOf, type TokenKey } from '@tokengrid/contracts';
import type { CallerKeys } from '../state/caller-keys.ts';

/** A key that signs who calls an app. */
export interface PublishCallerKey {
  readonly keyId: string;
  readonly publicKey: TokenKey;
  /** Epoch milliseconds. */
  readonly signsFrom: number;
  /** Milliseconds after that, for which tokens of the keys before it are accepted. */
  readonly overlapMs: number;
}

/** States a key, so that its tokens can be checked by events alone. */
export function publishCallerKey(
  _keys: CallerKeys,
  { keyId, publicKey, signsFrom, overlapMs }: PublishCallerKey,
): readonly [EventOf<typeof CallerKeyPublished>] {
  const times = { signsFrom: instantOf(signsFrom), formerUntil: instantOf(signsFrom + overlapMs) };
  return [CallerKeyPublished({ keyId, publicKey: { ...publicKey }, ...times })];
}
