import type { EventsOf, IdentityEvent, signingKeyEvents } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';

/** Id of the one stream of signing keys. */
export const signingKeysStreamId = 'signing-keys';

/** A published signing key. */
export interface SigningKey {
  readonly keyId: string;
  readonly issuer: string;
  /** Epoch milliseconds. */
  readonly signsFrom: number;
  readonly signsUntil: number;
  readonly expiresAt: number;
}

/** Keys that sign access tokens. */
export interface SigningKeys {
  /** Number of all keys ever published. */
  readonly count: number;
  /** The last ones, the newest at the end: more than are in force at a time. */
  readonly latest: readonly SigningKey[];
}

/** Maximum number of keys that the state remembers. */
const mostRemembered = 8;

/** The stream of all signing keys. */
export const signingKeys: Aggregate<SigningKeys, IdentityEvent> = {
  name: 'signing-keys',
  stateVersion: 1,
  initial: { count: 0, latest: [] },
  evolve: evolveSigningKeys,
};

function evolveSigningKeys(state: SigningKeys, event: EventsOf<typeof signingKeyEvents>): SigningKeys {
  const { keyId, issuer, signsFrom, signsUntil, expiresAt } = event.data;
  const key = {
    ...{ keyId, issuer, signsFrom: Date.parse(signsFrom), signsUntil: Date.parse(signsUntil) },
    expiresAt: Date.parse(expiresAt),
  };
  return { count: state.count + 1, latest: [...state.latest, key].slice(-mostRemembered) };
}
