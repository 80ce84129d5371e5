import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { createAtomically, homePaths, writeAtomically } from './home.ts';

const secretsSchema = z.strictObject({
  /** The operator's bootstrap key, `tg_operator_…`. */
  operatorApiKey: z.string().min(1),
  /** Password of the embedded Postgres' only user. */
  postgresPassword: z.string().min(1),
  /** Wraps the persons' keys in identity's key store: 32 bytes, base64url. */
  identityMasterKey: z.string().min(1),
  /** Seals providers' credentials in the gateway's key store: 32 bytes, base64url. */
  gatewayMasterKey: z.string().min(1),
  /** Keys the hashes of commands' inputs: 32 bytes, base64url. */
  inputHashKey: z.string().min(1),
  /**
   * Seals events. Absent in a home whose first events were not sealed: readers would reject those.
   */
  eventSealKey: z.string().min(1).optional(),
  /** Key of the payment sandbox's webhook signatures: `whsec_` and 32 bytes, base64. */
  paymentWebhookSecret: z.string().min(1),
  /** Signs the wallet's receipts: an Ed25519 private key, 32 bytes, base64url. */
  receiptSigningKey: z.string().min(1),
});

/** Secrets that homes of earlier releases lack. */
const newer = { gatewayMasterKey: true, paymentWebhookSecret: true, receiptSigningKey: true } as const;

/** Secrets of a home. Created once: other keys could not open what these have sealed. */
export type Secrets = z.infer<typeof secretsSchema>;

/** Secrets of the home, created if missing. Throws, naming the file, if it can't be read. */
export function readOrCreateSecrets(home: string): Secrets {
  const path = homePaths(home).secrets;
  if (!existsSync(path)) createAtomically(path, `${JSON.stringify(newSecrets(), null, 2)}\n`);
  try {
    return complete(path, JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new Error(
      `${path} is damaged (${(error as Error).message}). Restore it from a copy: it holds the keys of the data beside it. ` +
        'Without a copy, `npm run reset` starts over.',
      { cause: error },
    );
  }
}

/** Adds missing secrets to a home of an earlier release. @throws ZodError for damaged ones */
function complete(path: string, kept: unknown): Secrets {
  const known = secretsSchema.partial(newer).parse(kept);
  const { gatewayMasterKey, paymentWebhookSecret, receiptSigningKey } = newSecrets();
  const secrets = secretsSchema.parse({ gatewayMasterKey, paymentWebhookSecret, receiptSigningKey, ...known });
  if (Object.keys(secrets).length === Object.keys(known).length) return secrets;
  writeAtomically(path, `${JSON.stringify(secrets, null, 2)}\n`);
  return secrets;
}

function newSecrets(): Secrets {
  return {
    operatorApiKey: `tg_operator_${randomBytes(24).toString('base64url')}`,
    postgresPassword: randomBytes(24).toString('base64url'),
    identityMasterKey: randomBytes(32).toString('base64url'),
    gatewayMasterKey: randomBytes(32).toString('base64url'),
    inputHashKey: randomBytes(32).toString('base64url'),
    eventSealKey: randomBytes(32).toString('base64url'),
    paymentWebhookSecret: `whsec_${randomBytes(32).toString('base64')}`,
    receiptSigningKey: randomBytes(32).toString('base64url'),
  };
}
