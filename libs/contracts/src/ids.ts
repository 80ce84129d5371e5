import { createHash } from 'node:crypto';
import { z } from 'zod';

/** The operator's own party: it has no stream of its own and cannot be suspended. */
export const operatorPartyId = 'operator';

const suffix = '[0-9a-hjkmnp-tv-z]{26}';
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** A TypeID (prefix and a UUIDv7 in Crockford's base 32): sortable by when it was made. */
export const typeId = (...prefixes: readonly string[]) =>
  z.string().regex(new RegExp(`^(${prefixes.join('|')})_${suffix}$`), `must be an id such as ${prefixes[0]}_01jzx…`);

/** A party: an organization, a subscriber, or the operator. */
export const partyId = z.string().regex(new RegExp(`^((org|sub)_${suffix}|${operatorPartyId})$`), 'must be a party id');

/** The wallet of a party has the party's own suffix, so there is nothing to look up and nothing to race with. */
export function walletIdOf(party: string): string {
  return `wal_${party.slice(party.indexOf('_') + 1)}`;
}

/**
 * An id that follows from what it names, shaped like a TypeID: 128 bits of SHA-256 over the parts, each after its length in bytes.
 * The same parts give the same id everywhere and for ever, so there is nothing to look up and nothing to race with.
 */
export function derivedId(prefix: string, ...parts: readonly string[]): string {
  const digest = createHash('sha256');
  for (const part of parts) digest.update(`${Buffer.byteLength(part)}:`).update(part);
  let bits = BigInt(`0x${digest.digest('hex').slice(0, 32)}`);
  let digits = '';
  for (let place = 0; place < 26; place++) {
    digits = alphabet[Number(bits & 31n)] + digits;
    bits >>= 5n;
  }
  return `${prefix}_${digits}`;
}
