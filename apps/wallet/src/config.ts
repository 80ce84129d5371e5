import { baseConfig, port, wholeNumber } from '@tokengrid/service';
import type { z } from 'zod';

/** What the wallet is configured by. */
export const walletConfig = baseConfig.extend({
  port: port().default(8082).describe('port to listen on'),
  maxKnownWallets: wholeNumber(1, 10_000_000)
    .default(200_000)
    .describe('wallets remembered to be open, so that they are not looked for again'),
  capacityTimeoutMs: wholeNumber(1, 60_000).default(4000).describe('wait for capacity before 503 on a purchase'),
  clockTickMs: wholeNumber(10, 60_000)
    .default(500)
    .describe('how often what is due in wallets that nobody calls is looked for'),
  quoteSeconds: wholeNumber(1, 86_400).default(60).describe('how long a quoted price holds'),
  marketPolicyMaxAgeMs: wholeNumber(0, 1000)
    .default(250)
    .describe('a market policy is taken this long without another look'),
  capacityRetryMs: wholeNumber(1, 60_000).default(50).describe('wait for lanes that have not heard of a capacity yet'),
});
export type WalletConfig = z.output<typeof walletConfig>;
