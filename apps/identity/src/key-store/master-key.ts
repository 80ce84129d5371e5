import { hkdfSync } from 'node:crypto';

const masterKeyBytes = 32;

/** Keys derived from identity's master key: one per purpose, so that none can replace another. */
export class MasterKey {
  /** Wraps the persons' keys. */
  readonly ofPersonKeys: Buffer;
  /** Seals the answers' secrets. */
  readonly ofSecrets: Buffer;
  /** Derives the ids of the contacts' streams. */
  readonly ofContacts: Buffer;

  /** @param master 32 bytes, base64url: the same for ever, or nothing sealed can be opened again */
  constructor(master: string) {
    const key = Buffer.from(master, 'base64url');
    this.ofPersonKeys = derived(key, 'person-keys');
    this.ofSecrets = derived(key, 'sealed-secrets');
    this.ofContacts = derived(key, 'contacts');
  }
}

/** True if a text is a master key: 32 bytes, base64url. */
export function isMasterKey(text: string): boolean {
  return /^[\w-]+=*$/.test(text) && Buffer.from(text, 'base64url').length === masterKeyBytes;
}

function derived(key: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `tokengrid identity ${purpose}`, masterKeyBytes));
}
