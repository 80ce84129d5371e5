import { baseConfig, port, postgresUrl, secret, wholeNumber } from '@tokengrid/service';
import type { z } from 'zod';
import { isMasterKey } from './key-store/master-key.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

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
});
export type IdentityConfig = z.output<typeof identityConfig>;
