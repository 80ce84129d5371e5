import { createHash } from 'node:crypto';
import { z } from 'zod';

/** Id of the operator's party, which has no stream and can't be suspended. */
export const operatorPartyId = 'operator';

const suffix = '[0-9a-hjkmnp-tv-z]{26}';
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** A TypeID (prefix and a UUIDv7 in Crockford's base 32): sorts by creation. */
export const typeId = (...prefixes: readonly string[]) =>
  z.string().regex(new RegExp(`^(${prefixes.join('|')})_${suffix}$`), `must be an id such as ${prefixes[0]}_01jzx…`);

/** A key that a use is made with: an API key, or an OAuth client, which has access tokens. */
export const keyId = typeId('key', 'cli');

/** A party: an organization, a subscriber, or the operator. */
export const partyId = z.string().regex(new RegExp(`^((org|sub)_${suffix}|${operatorPartyId})$`), 'must be a party id');

/** The holder of an e-mail address or a phone number: a party, or a person. */
export const contactHolderId = z
  .string()
  .regex(new RegExp(`^((org|sub|usr)_${suffix}|${operatorPartyId})$`), 'must be the id of a party or a person');

/**
 * Id of a party's wallet. It has the party's own suffix, so that no look-up is needed and none can
 * race.
 */
export function walletIdOf(party: string): string {
  return `wal_${party.slice(party.indexOf('_') + 1)}`;
}

/**
 * Derived id in the form of a TypeID: 128 bits of SHA-256 over the parts, each after its length in
 * bytes. Equal parts give equal ids everywhere and for ever, so that no look-up is needed and none
 * can race.
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
