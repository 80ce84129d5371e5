import { allowedEndpoints, isMasterKey, secret, wholeNumber } from '@tokengrid/service';

/** Settings of what the gateway knows, and whom it may call. */
export const directorySettings = {
  gatewayMasterKey: secret(43)
    .refine(isMasterKey, '32 bytes, base64url')
    .describe("seals providers' credentials; the same for all instances, for ever"),
  allowedEndpoints: allowedEndpoints(),
  healthEventsEveryMs: wholeNumber(1000, 3_600_000)
    .default(60_000)
    .describe('least time between two events about the health of one offer'),
  directoryCacheMs: wholeNumber(0, 500)
    .default(250)
    .describe(
      'time for which models, apps, subscriptions and credentials are cached: a suspension holds within a second',
    ),
  directoryCacheEntries: wholeNumber(1, 10_000_000)
    .default(50_000)
    .describe('maximum number of cached models, of apps and of subscriptions'),
};
