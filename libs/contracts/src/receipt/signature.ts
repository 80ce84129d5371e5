import { createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../canonical-json.ts';

/** A public key as a JWKS lists it (RFC 8037). */
export const receiptKey = z
  .looseObject({
    kty: z.literal('OKP'),
    crv: z.literal('Ed25519'),
    x: z.string().regex(/^[\w-]{43}$/, 'must be 32 bytes, base64url'),
    kid: z.string().meta({ description: "the key's thumbprint (RFC 7638)" }),
    alg: z.literal('EdDSA').optional(),
    use: z.literal('sig').optional(),
  })
  .meta({ id: 'ReceiptKey' });
export type ReceiptKey = z.output<typeof receiptKey>;

/** A JWKS (RFC 7517). Keys of other kinds are passed over, as the RFC wants. */
export const receiptKeys = z.looseObject({ keys: z.array(z.looseObject({})) });

/** The private key of receipts, and its name. */
export interface ReceiptSigner {
  readonly key: KeyObject;
  readonly publicKey: ReceiptKey;
}

/** What stands before the 32 bytes of an Ed25519 private key in its PKCS #8 form (RFC 8410). */
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

/** @param seed an Ed25519 private key: 32 bytes, base64url @throws RangeError for another length */
export function receiptSigner(seed: string): ReceiptSigner {
  const bytes = Buffer.from(seed, 'base64url');
  if (bytes.length !== 32) throw new RangeError('an Ed25519 private key has 32 bytes');
  const key = createPrivateKey({ key: Buffer.concat([pkcs8Prefix, bytes]), format: 'der', type: 'pkcs8' });
  return { key, publicKey: publicReceiptKey(createPublicKey(key).export({ format: 'jwk' }).x!) };
}

/** @param x the public key: 32 bytes, base64url */
export function publicReceiptKey(x: string): ReceiptKey {
  const required = { crv: 'Ed25519', kty: 'OKP', x } as const;
  const kid = hash('sha256', canonicalJson(required), 'base64url');
  return { ...required, kid, alg: 'EdDSA', use: 'sig' };
}

const base64url = (text: string) => Buffer.from(text).toString('base64url');

/** What the protected header of a key's signatures says; with Ed25519, the same content has the same signature for ever. */
const headerOf = (kid: string) => base64url(canonicalJson({ alg: 'EdDSA', kid, typ: 'tokengrid-receipt' }));

/** Signs text as a compact JWS. */
export function signCompact(text: string, { key, publicKey }: ReceiptSigner): string {
  const signed = `${headerOf(publicKey.kid)}.${base64url(text)}`;
  return `${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`;
}

/**
 * The text that a compact JWS signs. Strict: of one signature there is one spelling, so that no byte can be altered.
 * @throws InvalidSignature that says in a sentence what is wrong
 */
export function verifyCompact(jws: string, keys: readonly ReceiptKey[]): string {
  const [header, payload, signature, ...more] = jws.split('.');
  if (header === undefined || payload === undefined || signature === undefined || more.length > 0)
    throw new InvalidSignature('the signature is not a compact JWS: header, payload and signature between two points');
  const key = keys.find(({ kid }) => headerOf(kid) === header);
  if (!key)
    throw new InvalidSignature(`the signature is by ${nameOf(header)}, which is none of the ${keys.length} keys given`);
  const bytes = Buffer.from(signature, 'base64url');
  const isKeys =
    bytes.toString('base64url') === signature &&
    verify(null, Buffer.from(`${header}.${payload}`), publicKeyOf(key), bytes);
  if (!isKeys) throw new InvalidSignature(`the signature is not one that the key ${key.kid} made of this content`);
  return Buffer.from(payload, 'base64url').toString();
}

/** A receipt that is not signed as it says. */
export class InvalidSignature extends Error {
  override readonly name = 'InvalidSignature';
}

const publicKeyOf = ({ kty, crv, x }: ReceiptKey) => createPublicKey({ key: { kty, crv, x }, format: 'jwk' });

function nameOf(header: string): string {
  try {
    const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { readonly kid?: unknown };
    if (typeof kid === 'string') return `the key ${kid}`;
  } catch {
    // What the header says cannot be read: then it names no key.
  }
  return 'a key that it does not name';
}
