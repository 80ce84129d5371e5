import { baseConfig, port, postgresUrl, secret, wholeNumber } from '@tokengrid/service';
import type { z } from 'zod';
import { isMasterKey } from './key-store/master-key.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** What identity is configured by, beyond what every service is. */
export const identityConfig = baseConfig.extend({
  port: port().default(8081).describe('port to listen on'),
  identityKeysDatabaseUrl: postgresUrl().describe('the key store: a database apart, with a backup of its own'),
  identityMasterKey: secret(43)
    .refine(isMasterKey, '32 bytes, base64url')
    .describe("wraps the persons' keys; the same for ever and for all instances"),
  keyStoreConnections: wholeNumber(1, 100).default(8).describe('connections to the key store'),
  contactReservationMs: wholeNumber(1000, 24 * hourMs)
    .default(10 * minuteMs)
    .describe('an address or number is set aside this long for a registration under way'),
  secretSweepMs: wholeNumber(1000, 24 * hourMs)
    .default(hourMs)
    .describe('how often sealed secrets that are over are destroyed'),
});
export type IdentityConfig = z.output<typeof identityConfig>;
