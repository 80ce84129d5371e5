import { randomFillSync } from 'node:crypto';
import { laneOf } from '@tokengrid/kernel';
import { v7 } from 'uuid';

/** Crockford's base 32, lower case: no i, l, o, u. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

const bytesPerId = 16;
/**
 * Random bytes for many ids: fetching them for one id takes longer than all the rest of making it.
 */
const random = new Uint8Array(256 * bytesPerId);
let randomUsed = random.length;

function randomBytes(): Uint8Array {
  if (randomUsed === random.length) {
    randomFillSync(random);
    randomUsed = 0;
  }
  randomUsed += bytesPerId;
  return random.subarray(randomUsed - bytesPerId, randomUsed);
}

/** Time of the last id in epoch milliseconds, and its number within that millisecond. */
let last = { msecs: 0, seq: 0 };

/**
 * Time and number of the next id: later than the last one, even if the clock stands or steps back
 * (RFC 9562, 6.2, method 1).
 */
function after(random: Uint8Array): typeof last {
  const now = Date.now();
  if (now > last.msecs) last = { msecs: now, seq: new DataView(random.buffer, random.byteOffset).getUint32(0) >>> 1 };
  else last = { msecs: last.msecs, seq: last.seq + 1 };
  return last;
}

/**
 * A new id: a TypeID, `<prefix>_` and a UUIDv7 as 26 digits of Crockford's base 32. Ids that a
 * process makes with one prefix sort by creation.
 * @param prefix kind of the named thing: `trf`, `wal`, `org`
 */
export function newId(prefix: string): string {
  const bytes = randomBytes();
  return `${prefix}_${base32(v7({ random: bytes, ...after(bytes) }, new Uint8Array(bytesPerId)))}`;
}
/** Last digits that may change for a lane: random ones, with many more values than lanes. */
const freeDigits = 4;

/**
 * New id that hashes to a lane, so that the id alone tells where its rows are. The last digits are
 * counted up until it does.
 * @param lanes number of lanes
 */
export function newIdIn(prefix: string, lane: number, lanes: number): string {
  const id = newId(prefix);
  const head = id.slice(0, -freeDigits);
  let free = valueOf(id.slice(-freeDigits));
  for (;;) {
    const candidate = head + digitsOf(free);
    if (laneOf(candidate, lanes) === lane) return candidate;
    free = (free + 1) % alphabet.length ** freeDigits;
  }
}

function valueOf(digits: string): number {
  let value = 0;
  for (const digit of digits) value = value * alphabet.length + alphabet.indexOf(digit);
  return value;
}

function digitsOf(value: number): string {
  let digits = '';
  for (let rest = value; digits.length < freeDigits; rest = Math.floor(rest / alphabet.length))
    digits = alphabet[rest % alphabet.length]! + digits;
  return digits;
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
