import { hkdfSync } from 'node:crypto';

const masterKeyBytes = 32;

/** True if a text is a master key: 32 bytes, base64url. */
export function isMasterKey(text: string): boolean {
  return /^[\w-]+=*$/.test(text) && Buffer.from(text, 'base64url').length === masterKeyBytes;
}

/**
 * Key of 32 bytes for one purpose, derived from a master key, so that none can replace another.
 * @param master 32 bytes, base64url
 * @param purpose names the service too
 */
export function derivedKey(master: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', Buffer.from(master, 'base64url'), '', `tokengrid ${purpose}`, masterKeyBytes));
}
