import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { createAtomically, homePaths, writeAtomically } from './home.ts';

const secretsSchema = z.strictObject({
  /** The operator's bootstrap key, `tg_operator_…`. */
  operatorApiKey: z.string().min(1),
  /** Of the embedded Postgres' only user. */
  postgresPassword: z.string().min(1),
  /** Wraps the persons' keys in identity's key store: 32 bytes, base64url. */
  identityMasterKey: z.string().min(1),
  /** Keys the hashes of commands' inputs: 32 bytes, base64url. */
  inputHashKey: z.string().min(1),
  /** Seals events. Absent in a home whose first events were not sealed: nobody would believe those. */
  eventSealKey: z.string().min(1).optional(),
  /** What the payment sandbox signs its webhooks with: `whsec_` and 32 bytes, base64. */
  paymentWebhookSecret: z.string().min(1),
  /** Signs the wallet's receipts: an Ed25519 private key, 32 bytes, base64url. */
  receiptSigningKey: z.string().min(1),
});

/** What homes of earlier releases do not have. */
const newer = { paymentWebhookSecret: true, receiptSigningKey: true } as const;

/** What a home keeps secret. Made once: other keys would not open what these have sealed. */
export type Secrets = z.infer<typeof secretsSchema>;

/** The home's secrets, made if there are none. Throws, naming the file, if it cannot be read. */
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

/** A home that was made by an earlier release gets what it lacks. @throws ZodError for what is damaged */
function complete(path: string, kept: unknown): Secrets {
  const known = secretsSchema.partial(newer).parse(kept);
  const { paymentWebhookSecret, receiptSigningKey } = newSecrets();
  const secrets = secretsSchema.parse({ paymentWebhookSecret, receiptSigningKey, ...known });
  if (Object.keys(secrets).length === Object.keys(known).length) return secrets;
  writeAtomically(path, `${JSON.stringify(secrets, null, 2)}\n`);
  return secrets;
}

function newSecrets(): Secrets {
  return {
    operatorApiKey: `tg_operator_${randomBytes(24).toString('base64url')}`,
    postgresPassword: randomBytes(24).toString('base64url'),
    identityMasterKey: randomBytes(32).toString('base64url'),
    inputHashKey: randomBytes(32).toString('base64url'),
    eventSealKey: randomBytes(32).toString('base64url'),
    paymentWebhookSecret: `whsec_${randomBytes(32).toString('base64')}`,
    receiptSigningKey: randomBytes(32).toString('base64url'),
  };
}
