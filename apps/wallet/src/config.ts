import { baseConfig, port, secret, wholeNumber } from '@tokengrid/service';
import { z } from 'zod';

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
  paymentProviderUrl: z
    .url({ protocol: /^https?$/, error: 'an http or https URL' })
    .optional()
    .describe('payment provider that is asked for payments; without one, purchases go on the bill alone'),
  paymentProviderKey: secret(8).optional().describe('shown to the payment provider as a bearer token'),
  paymentProviderTimeoutMs: wholeNumber(1, 120_000).default(10_000).describe('wait for the payment provider’s answer'),
  paymentProviderAnswerBytes: wholeNumber(1024, 2 ** 24)
    .default(65_536)
    .describe('longest answer of the payment provider; a longer one is none, and is not read to its end'),
  paymentWebhookSecret: z
    .string()
    .regex(
      /^whsec_([A-Za-z0-9+/]{4}){8,21}([A-Za-z0-9+/]{2}(==)?|[A-Za-z0-9+/]{3}=?|[A-Za-z0-9+/]{4})?$/,
      'whsec_ and a key of 24 to 64 bytes in base64',
    )
    .meta({ secret: true })
    .optional()
    .describe('what the payment provider signs its webhooks with'),
  receiptSigningKey: z
    .string()
    .regex(/^[\w-]{43}$/, '32 random bytes in base64url')
    .meta({ secret: true })
    .describe(
      'Ed25519 private key that receipts are signed with: 32 random bytes in base64url, the same for all instances',
    ),
  receiptRetiredKeys: z
    .string()
    .regex(/^[\w-]{43}(,[\w-]{43})*$/, 'public keys in base64url, separated by commas')
    .transform((list) => list.split(','))
    .optional()
    .describe('public keys (the `x` in /v1/receipts/keys) that older receipts were signed with'),
  purchaseExpiresSeconds: wholeNumber(1, 86_400)
    .default(900)
    .describe('how long a purchase waits for the payment provider before it expires'),
  pendingCapacityBps: wholeNumber(0, 10_000)
    .default(2500)
    .describe('how much of what is free purchases that wait for their payment may reserve, in basis points'),
  paymentRequestMs: wholeNumber(10, 60_000)
    .default(1000)
    .describe('how often purchases are looked for that the payment provider has to be asked about (again)'),
  maxPaymentRequests: wholeNumber(1, 1000)
    .default(32)
    .describe('requests to the payment provider that are under way at once'),
  quoteSeconds: wholeNumber(1, 86_400)
    .default(60)
    .describe('how long a quoted price holds, and that of an unpaid purchase'),
  marketPolicyMaxAgeMs: wholeNumber(0, 1000)
    .default(250)
    .describe('a market policy is taken this long without another look'),
  capacityWatchMs: wholeNumber(10, 60_000)
    .default(1000)
    .describe('how often it is looked whether so much of the capacity is used that the operator is warned'),
  capacityRetryMs: wholeNumber(1, 60_000).default(50).describe('wait for lanes that have not heard of a capacity yet'),
});
export type WalletConfig = z.output<typeof walletConfig>;
