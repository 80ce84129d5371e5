import { derivedKey } from '@tokengrid/service';

/** Keys derived from identity's master key: one per purpose, so that none can replace another. */
export class MasterKey {
  /** Wraps the persons' keys. */
  readonly ofPersonKeys: Buffer;
  /** Seals the answers' secrets. */
  readonly ofSecrets: Buffer;
  /** Derives the ids of the contacts' streams. */
  readonly ofContacts: Buffer;
  /** Makes hashes of codes, which could be guessed without it. */
  readonly ofCodes: Buffer;
  /** Seals the state of sign-in. */
  readonly ofOauthStates: Buffer;
  /** Signs cookies of sessions. */
  readonly ofCookies: Buffer;
  /** Proves that forms are ours. */
  readonly ofForms: Buffer;
  /** Seals the private parts of the keys that sign access tokens. */
  readonly ofSigningKeys: Buffer;

  /** @param master 32 bytes, base64url: the same for ever, or nothing sealed can be opened again */
  constructor(master: string) {
    this.ofPersonKeys = derivedKey(master, 'identity person-keys');
    this.ofSecrets = derivedKey(master, 'identity sealed-secrets');
    this.ofContacts = derivedKey(master, 'identity contacts');
    this.ofCodes = derivedKey(master, 'identity codes');
    this.ofOauthStates = derivedKey(master, 'identity oauth-states');
    this.ofCookies = derivedKey(master, 'identity cookies');
    this.ofForms = derivedKey(master, 'identity forms');
    this.ofSigningKeys = derivedKey(master, 'identity signing-keys');
  }
}
