import { argon2, type Argon2Parameters, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

// OWASP's first recommendation: 19 MiB, 2 passes, one lane.
const memoryKib = 19_456;
const passes = 2;
const parallelism = 1;
const saltBytes = 16;
const tagBytes = 32;

/** PHC string of argon2id: memory, passes, lanes, salt and tag. */
const phc = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

const derive = promisify(argon2) as (algorithm: 'argon2id', parameters: Argon2Parameters) => Promise<Buffer>;

/**
 * Hashes a password with argon2id, off the event loop, into the PHC string format that any argon2
 * library verifies.
 */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(saltBytes);
  // The same password typed on another keyboard has the same code points.
  const message = password.normalize('NFKC');
  const tag = await derive('argon2id', { message, nonce, parallelism, tagLength: tagBytes, memory: memoryKib, passes });
  return `$argon2id$v=19$m=${memoryKib},t=${passes},p=${parallelism}$${unpadded(nonce)}$${unpadded(tag)}`;
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}

/** True for the password of a hash; the time that it takes is that of any other password. */
export async function isPasswordOf(hashed: string, password: string): Promise<boolean> {
  const [, memory, t, p, salt, tag] = phc.exec(hashed) ?? [];
  const expected = Buffer.from(tag!, 'base64');
  const actual = await derive('argon2id', {
    message: password.normalize('NFKC'),
    nonce: Buffer.from(salt!, 'base64'),
    ...{ memory: Number(memory), passes: Number(t), parallelism: Number(p), tagLength: expected.length },
  });
  return timingSafeEqual(actual, expected);
}
