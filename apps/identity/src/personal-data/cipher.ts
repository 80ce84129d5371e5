import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const algorithm = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

/** What does not open: another key, another context, or bytes that somebody changed. */
export class Unopenable extends Error {
  override readonly name = 'Unopenable';
}

/** Something encrypted: what AES-256-GCM needs to open it. */
export interface Sealed {
  readonly iv: Buffer;
  /** With the tag at its end. */
  readonly ciphertext: Buffer;
}

/**
 * Encrypts with AES-256-GCM under a random IV.
 * @param key 32 bytes
 * @param context what it belongs to: it opens only with the same, so that nothing sealed can stand in for something else
 */
export function seal(key: Buffer, plaintext: Buffer, context: string): Sealed {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv(algorithm, key, iv).setAAD(Buffer.from(context));
  return { iv, ciphertext: Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]) };
}

/** @throws Unopenable */
export function open(key: Buffer, { iv, ciphertext }: Sealed, context: string): Buffer {
  try {
    const end = ciphertext.length - tagBytes;
    const decipher = createDecipheriv(algorithm, key, iv, { authTagLength: tagBytes });
    decipher.setAAD(Buffer.from(context)).setAuthTag(ciphertext.subarray(end));
    return Buffer.concat([decipher.update(ciphertext.subarray(0, end)), decipher.final()]);
  } catch (error) {
    throw new Unopenable(`what belongs to ${context} does not open`, { cause: error });
  }
}

/** {@link seal} as one buffer: IV, ciphertext, tag. */
export function sealBytes(key: Buffer, plaintext: Buffer, context: string): Buffer {
  const { iv, ciphertext } = seal(key, plaintext, context);
  return Buffer.concat([iv, ciphertext]);
}

/** Opens what {@link sealBytes} made. @throws Unopenable */
export function openBytes(key: Buffer, sealed: Buffer, context: string): Buffer {
  return open(key, { iv: sealed.subarray(0, ivBytes), ciphertext: sealed.subarray(ivBytes) }, context);
}
