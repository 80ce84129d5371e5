import { z } from 'zod';
import { event } from '../event.ts';
import { tokenKey, tokenKeyId } from '../identity/oauth.ts';
import { instant } from '../vocabulary.ts';

/*
 * Keys that sign who calls an app, all in the stream `caller-keys`.
 */

/** The private part stays in the gateway's Postgres, sealed. */
export const CallerKeyPublished = event(
  'CallerKeyPublished',
  'A key that signs who calls an app was published, by which identity knows calls of apps.',
  z.strictObject({ keyId: tokenKeyId, publicKey: tokenKey, signsFrom: instant, formerUntil: instant }),
);

/** Keys that sign who calls an app. */
export const callerKeyEvents = [CallerKeyPublished] as const;

/** `typ` of the tokens that say who calls an app, which no other token has (RFC 8725, 3.11). */
export const callerTokenType = 'caller+jwt';
