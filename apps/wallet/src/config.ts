import { baseConfig, port, secret, wholeNumber } from '@tokengrid/service';
import { z } from 'zod';

/** Settings of the wallet. */
export const walletConfig = baseConfig.extend({
  port: port().default(8082).describe('port to listen on'),
  maxKnownWallets: wholeNumber(1, 10_000_000).default(200_000).describe('number of wallets cached as open'),
  capacityTimeoutMs: wholeNumber(1, 60_000)
    .default(4000)
    .describe('time limit for capacity; after it a purchase is answered 503'),
  clockTickMs: wholeNumber(10, 60_000)
    .default(500)
    .describe('interval of looking for due lots, holds and purchases in wallets without commands'),
  paymentProviderUrl: z
    .url({ protocol: /^https?$/, error: 'an http or https URL' })
    .optional()
    .describe('payment provider; without one, purchases are charged to the bill only'),
  paymentProviderKey: secret(8).optional().describe('bearer token for requests to the payment provider'),
  paymentProviderTimeoutMs: wholeNumber(1, 120_000)
    .default(10_000)
    .describe('time limit for the payment provider’s answer'),
  paymentProviderAnswerBytes: wholeNumber(1024, 2 ** 24)
    .default(65_536)
    .describe('maximum size of an answer of the payment provider; a larger one is rejected unread'),
  paymentWebhookSecret: z
    .string()
    .regex(
      /^whsec_([A-Za-z0-9+/]{4}){8,21}([A-Za-z0-9+/]{2}(==)?|[A-Za-z0-9+/]{3}=?|[A-Za-z0-9+/]{4})?$/,
      'whsec_ and a key of 24 to 64 bytes in base64',
    )
    .meta({ secret: true })
    .optional()
    .describe('key of the payment provider’s webhook signatures'),
  receiptSigningKey: z
    .string()
    .regex(/^[\w-]{43}$/, '32 random bytes in base64url')
    .meta({ secret: true })
    .describe('Ed25519 private key of receipts: 32 random bytes in base64url, the same for all instances'),
  receiptRetiredKeys: z
    .string()
    .regex(/^[\w-]{43}(,[\w-]{43})*$/, 'public keys in base64url, separated by commas')
    .transform((list) => list.split(','))
    .optional()
    .describe('public keys (the `x` in /v1/receipts/keys) of older receipts'),
  purchaseExpiresSeconds: wholeNumber(1, 86_400).default(900).describe('time after which an unpaid purchase expires'),
  pendingCapacityBps: wholeNumber(0, 10_000)
    .default(2500)
    .describe('share of the free capacity that unpaid purchases may reserve, in basis points'),
  paymentRequestMs: wholeNumber(10, 60_000)
    .default(1000)
    .describe('interval of looking for purchases with a pending request to the payment provider'),
  maxPaymentRequests: wholeNumber(1, 1000)
    .default(32)
    .describe('maximum number of concurrent requests to the payment provider'),
  quoteSeconds: wholeNumber(1, 86_400)
    .default(60)
    .describe('time for which the price of a quote or an unpaid purchase holds'),
  marketPolicyMaxAgeMs: wholeNumber(0, 1000).default(250).describe('time for which the market policy is cached'),
  capacityWatchMs: wholeNumber(10, 60_000)
    .default(1000)
    .describe('interval of checking the used share of the capacity'),
  capacityRetryMs: wholeNumber(1, 60_000).default(50).describe('time limit for lanes without a first capacity'),
});
export type WalletConfig = z.output<typeof walletConfig>;
