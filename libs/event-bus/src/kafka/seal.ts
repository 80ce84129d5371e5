import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { LogRecord } from '@tokengrid/event-store';

/** Header of an event's seal. */
export const sealHeader = 'ce_seal';

/**
 * Seal of our own events, which tells them from those of any other client with write access:
 * HMAC-SHA-256 over the event's hash, which covers all of it, under a key of the installation's
 * services; base64url. The public hash shows only that nothing was changed: it is no secret, and
 * any reader of the topic can compute the next one.
 */
export class Seal {
  private readonly keys: readonly Buffer[];

  /**
   * @param secrets the first one seals; all are accepted, so that keys can be rotated service by
   * service
   */
  constructor(secrets: readonly string[]) {
    if (secrets.length === 0) throw new RangeError('a seal needs a key');
    this.keys = secrets.map((secret) => Buffer.from(hkdfSync('sha256', secret, '', 'tokengrid event seal', 32)));
  }

  /** Seal of an event by its hash (hex). */
  of(hash: string): string {
    return macOf(this.keys[0]!, hash).toString('base64url');
  }

  /**
   * True if a record carries our seal for the hash that it states. The hash itself is not checked.
   */
  isOn({ headers }: LogRecord): boolean {
    const hash = headers['ce_hash'];
    const stated = headers[sealHeader];
    if (hash === undefined || stated === undefined) return false;
    const seal = Buffer.from(stated, 'base64url');
    return this.keys.some((key) => {
      const expected = macOf(key, hash);
      return seal.length === expected.length && timingSafeEqual(seal, expected);
    });
  }
}

function macOf(key: Buffer, hash: string): Buffer {
  return createHmac('sha256', key).update(hash).digest();
}

/**
 * Records with the result of checking their seals. Without keys, sealed ones are marked: writing
 * beside them would be a fault.
 */
export function sealsChecked(records: readonly LogRecord[], seal: Seal | undefined): readonly LogRecord[] {
  if (seal) return records.map((record) => (seal.isOn(record) ? record : { ...record, isForeign: true }));
  return records.map((record) => (record.headers[sealHeader] === undefined ? record : { ...record, isSealed: true }));
}
