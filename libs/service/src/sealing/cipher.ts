import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const algorithm = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

/** A failed decryption: another key, another context, or changed bytes. */
export class Unopenable extends Error {
  override readonly name = 'Unopenable';
}

/** A ciphertext of AES-256-GCM with its IV. */
export interface Sealed {
  readonly iv: Buffer;
  /** With the tag at its end. */
  readonly ciphertext: Buffer;
}

/**
 * Encrypts with AES-256-GCM under a random IV.
 * @param key 32 bytes
 * @param context owner of the data: decryption needs the same, so that no ciphertext can replace
 * another
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
    throw new Unopenable(`decryption failed for ${context}`, { cause: error });
  }
}

/** {@link seal} as one buffer: IV, ciphertext, tag. */
export function sealBytes(key: Buffer, plaintext: Buffer, context: string): Buffer {
  const { iv, ciphertext } = seal(key, plaintext, context);
  return Buffer.concat([iv, ciphertext]);
}

/** Opens the result of {@link sealBytes}. @throws Unopenable */
export function openBytes(key: Buffer, sealed: Buffer, context: string): Buffer {
  return open(key, { iv: sealed.subarray(0, ivBytes), ciphertext: sealed.subarray(ivBytes) }, context);
}
