import { v7 } from 'uuid';

/** Crockford's base 32, lower case: no i, l, o, u. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * A new id: a TypeID, `<prefix>_` and a UUIDv7 as 26 digits of Crockford's base 32. Ids of one prefix sort by when they were made.
 * @param prefix what is named: `trf`, `wal`, `org`
 */
export function newId(prefix: string): string {
  return `${prefix}_${base32(v7(undefined, new Uint8Array(16)))}`;
}

/** 128 bits as 26 digits: the first digit holds 3 bits, each other one 5. */
function base32(bytes: Uint8Array): string {
  let digits = '';
  // Two zero bits in front make 130 bits, 26 × 5.
  let carry = 0;
  let carried = 2;
  for (const byte of bytes) {
    carry = (carry << 8) | byte;
    carried += 8;
    while (carried >= 5) {
      carried -= 5;
      digits += alphabet[(carry >>> carried) & 31];
    }
    carry &= (1 << carried) - 1;
  }
  return digits;
}
