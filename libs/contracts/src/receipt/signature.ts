import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { base64url, calculateJwkThumbprint, CompactSign, compactVerify, errors, exportJWK } from 'jose';
import { z } from 'zod';

/** Protected header of a receipt's signature, beside the key's name. */
const [alg, typ] = ['EdDSA', 'tokengrid-receipt'] as const;

/** A public key as a JWKS lists it (RFC 8037). */
export const receiptKey = z
  .looseObject({
    kty: z.literal('OKP'),
    crv: z.literal('Ed25519'),
    x: z.string().regex(/^[\w-]{43}$/, 'must be 32 bytes, base64url'),
    kid: z.string().meta({ description: "the key's thumbprint (RFC 7638)" }),
    alg: z.literal(alg).optional(),
    use: z.literal('sig').optional(),
  })
  .meta({ id: 'ReceiptKey' });
export type ReceiptKey = z.output<typeof receiptKey>;

/** A JWKS (RFC 7517). Keys of other kinds are ignored, as the RFC asks. */
export const receiptKeys = z.looseObject({ keys: z.array(z.looseObject({})) });

/** Private key of receipts, and its key id. */
export interface ReceiptSigner {
  readonly key: KeyObject;
  readonly publicKey: ReceiptKey;
}

/** PKCS #8 prefix of a 32-byte Ed25519 private key (RFC 8410). */
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

/** @param seed an Ed25519 private key: 32 bytes, base64url @throws RangeError for another length */
export async function receiptSigner(seed: string): Promise<ReceiptSigner> {
  const bytes = Buffer.from(seed, 'base64url');
  if (bytes.length !== 32) throw new RangeError('an Ed25519 private key has 32 bytes');
  const key = createPrivateKey({ key: Buffer.concat([pkcs8Prefix, bytes]), format: 'der', type: 'pkcs8' });
  const { x } = await exportJWK(createPublicKey(key));
  return { key, publicKey: await publicReceiptKey(x!) };
}

/** @param x the public key: 32 bytes, base64url */
export async function publicReceiptKey(x: string): Promise<ReceiptKey> {
  const required = { crv: 'Ed25519', kty: 'OKP', x } as const;
  return { ...required, kid: await calculateJwkThumbprint(required), alg, use: 'sig' };
}

/** Signs text as a compact JWS. With Ed25519, the same text always has the same signature. */
export function signCompact(text: string, { key, publicKey }: ReceiptSigner): Promise<string> {
  return new CompactSign(Buffer.from(text)).setProtectedHeader({ alg, kid: publicKey.kid, typ }).sign(key);
}

/**
 * Verified payload of a compact JWS. Strict: one signature has one spelling, so that no byte can be
 * altered.
 * @throws InvalidSignature with the reason in a sentence
 */
export async function verifyCompact(jws: string, keys: readonly ReceiptKey[]): Promise<string> {
  let by = 'an unnamed key';
  try {
    const { payload, protectedHeader } = await compactVerify(
      jws,
      ({ kid }) => {
        if (kid !== undefined) by = `the key ${kid}`;
        const key = keys.find((each) => each.kid === kid);
        if (!key) throw new InvalidSignature(`the signature is by ${by}, not by one of the ${keys.length} given keys`);
        const { kty, crv, x } = key;
        return { kty, crv, x };
      },
      { algorithms: [alg] },
    );
    if (protectedHeader.typ !== typ) throw new InvalidSignature('the signed content is not a receipt');
    // Header and payload are signed as spelt. A signature has several spellings, because its last
    // bits are unused.
    const signature = jws.slice(jws.lastIndexOf('.') + 1);
    if (base64url.encode(base64url.decode(signature)) === signature) return Buffer.from(payload).toString();
  } catch (error) {
    if (error instanceof errors.JWSInvalid)
      throw new InvalidSignature(
        'the signature is not a compact JWS: header, payload and signature between two points',
      );
    if (!(error instanceof errors.JOSEError)) throw error;
  }
  throw new InvalidSignature(`the signature by ${by} does not verify`);
}

/** A receipt whose signature does not verify. */
export class InvalidSignature extends Error {
  override readonly name = 'InvalidSignature';
}
