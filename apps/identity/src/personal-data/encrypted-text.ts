import { open, seal, Unopenable } from '@tokengrid/service';

/** A person's key: 32 bytes. */
export interface PersonKey {
  readonly personId: string;
  readonly key: Buffer;
}

/**
 * Field of a person's data, bound into the ciphertext: a name in place of the e-mail address does
 * not decrypt.
 */
export type PersonalField = 'organization' | 'name' | 'email' | 'msisdn' | 'password';

const pattern = /^enc:v1:([a-z]+_[0-9a-z]{26}):([\w-]+):([\w-]+)$/;

/**
 * Encrypts a person's data in the form of events: `enc:v1:<personId>:<iv>:<ciphertext and tag>`.
 */
export function encryptText({ personId, key }: PersonKey, field: PersonalField, text: string): string {
  const { iv, ciphertext } = seal(key, Buffer.from(text), contextOf(personId, field));
  return `enc:v1:${personId}:${iv.toString('base64url')}:${ciphertext.toString('base64url')}`;
}

/** Decrypts the result of {@link encryptText}. @throws Unopenable */
export function decryptText({ personId, key }: PersonKey, field: PersonalField, encrypted: string): string {
  const [, owner, iv, ciphertext] = pattern.exec(encrypted) ?? [];
  if (owner !== personId) throw new Unopenable(`not encrypted with the key of ${personId}`);
  const sealed = { iv: Buffer.from(iv!, 'base64url'), ciphertext: Buffer.from(ciphertext!, 'base64url') };
  return open(key, sealed, contextOf(personId, field)).toString();
}

function contextOf(personId: string, field: PersonalField): string {
  return `person:${personId}:${field}`;
}
