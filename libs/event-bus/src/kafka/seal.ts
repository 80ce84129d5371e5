import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { LogRecord } from '@tokengrid/event-store';

/** The header that carries an event's seal. */
export const sealHeader = 'ce_seal';

/**
 * What tells our own events from those of anybody else who may write to a topic: HMAC-SHA-256 over the event's hash, which covers all of
 * it, under a key that all services of one installation have. base64url. The public hash shows that nothing was changed; it is no secret,
 * and whoever can read the topic can compute the next one.
 */
export class Seal {
  private readonly keys: readonly Buffer[];

  /** @param secrets the first seals; all are believed, so that keys can be exchanged one service after the other */
  constructor(secrets: readonly string[]) {
    if (secrets.length === 0) throw new RangeError('a seal needs a key');
    this.keys = secrets.map((secret) => Buffer.from(hkdfSync('sha256', secret, '', 'tokengrid event seal', 32)));
  }

  /** The seal of an event by its hash (hex). */
  of(hash: string): string {
    return macOf(this.keys[0]!, hash).toString('base64url');
  }

  /** Whether a record carries a seal of ours for the hash that it states. Whether that hash is true is another question. */
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

/** Records as they are read, with what their seals say. Without keys, sealed ones are told apart: to write beside them would be a fault. */
export function sealsChecked(records: readonly LogRecord[], seal: Seal | undefined): readonly LogRecord[] {
  if (seal) return records.map((record) => (seal.isOn(record) ? record : { ...record, isForeign: true }));
  return records.map((record) => (record.headers[sealHeader] === undefined ? record : { ...record, isSealed: true }));
}
