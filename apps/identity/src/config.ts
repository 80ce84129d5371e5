import { baseConfig, isMasterKey, port, postgresUrl, secret, wholeNumber } from '@tokengrid/service';
import { z } from 'zod';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Settings of identity, beyond those of every service. */
export const identityConfig = baseConfig.extend({
  port: port().default(8081).describe('port to listen on'),
  identityKeysDatabaseUrl: postgresUrl().describe('key store: a separate database with a backup of its own'),
  identityMasterKey: secret(43)
    .refine(isMasterKey, '32 bytes, base64url')
    .describe("wraps the persons' keys; the same for all instances, for ever"),
  keyStoreConnections: wholeNumber(1, 100).default(8).describe('maximum number of connections to the key store'),
  contactReservationMs: wholeNumber(1000, 24 * hourMs)
    .default(10 * minuteMs)
    .describe('time for which an e-mail address or phone number is reserved for a registration in progress'),
  secretSweepMs: wholeNumber(1000, 24 * hourMs)
    .default(hourMs)
    .describe('interval of destroying expired sealed secrets'),
  oauthIssuer: z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .regex(/^[^?#]*[^?#/]$/, 'must be a URL without a query, a fragment or a slash at its end')
    .optional()
    .describe('issuer of access tokens, the public URL of identity; by default PUBLIC_URL, else the local address'),
  accessTokenSeconds: wholeNumber(60, 900).default(300).describe('life of an access token'),
  mailOutboxDirectory: z
    .string()
    .min(1)
    .optional()
    .describe('folder for the mails that development reads, with their secrets; without it no mail is sent'),
  signingKeyPeriodMs: wholeNumber(2 * minuteMs, 400 * dayMs)
    .default(30 * dayMs)
    .describe('time for which a key signs access tokens'),
  signingKeyLeadMs: wholeNumber(1000, 30 * dayMs)
    .default(dayMs)
    .describe('time for which the next signing key is published before it signs'),
  signingKeyLookMs: wholeNumber(100, hourMs).default(30_000).describe('interval of looking for signing keys'),
});
export type IdentityConfig = z.output<typeof identityConfig>;
