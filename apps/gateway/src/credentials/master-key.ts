import { derivedKey } from '@tokengrid/service';

/** Keys derived from the gateway's master key, one per purpose. */
export class MasterKey {
  /** Seals the credentials of providers. */
  readonly ofCredentials: Buffer;
  /** Seals the keys that sign who calls an app. */
  readonly ofAppKeys: Buffer;
  /** Makes subscribers' pseudonyms at apps. */
  readonly ofPseudonyms: Buffer;
  /** Seals answers for repeats of requests. */
  readonly ofAnswers: Buffer;
  /** Hashes what identifies a request, so that no prompt can be guessed from it. */
  readonly ofAnswerIds: Buffer;

  /** @param master 32 bytes, base64url: the same for ever, or nothing sealed can be opened again */
  constructor(master: string) {
    this.ofCredentials = derivedKey(master, 'gateway credentials');
    this.ofAppKeys = derivedKey(master, 'gateway app keys');
    this.ofPseudonyms = derivedKey(master, 'gateway pseudonyms');
    this.ofAnswers = derivedKey(master, 'gateway answers');
    this.ofAnswerIds = derivedKey(master, 'gateway answer ids');
  }
}
