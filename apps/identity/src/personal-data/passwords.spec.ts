import { argon2Sync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { hashPassword, isPasswordOf } from './passwords.ts';

/** Verifies by the string alone, as any argon2 library does. */
function verifies(password: string, hashed: string): boolean {
  const [, , , parameters, salt, tag] = hashed.split('$');
  const [, memory, passes, parallelism] = /^m=(\d+),t=(\d+),p=(\d+)$/.exec(parameters!)!;
  const expected = Buffer.from(tag!, 'base64');
  return argon2Sync('argon2id', {
    message: password,
    nonce: Buffer.from(salt!, 'base64'),
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    tagLength: expected.length,
  }).equals(expected);
}

describe('a password', () => {
  it('is hashed with argon2id, by parameters that the hash states', async () => {
    const hashed = await hashPassword('correct horse');
    expect(hashed).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(verifies('correct horse', hashed)).toBe(true);
    expect(verifies('correct house', hashed)).toBe(false);
  });

  it('is salted: the same one has another hash each time', async () =>
    expect(await hashPassword('correct horse')).not.toBe(await hashPassword('correct horse')));

  it('is the same however its characters are composed', async () =>
    expect(verifies('café', await hashPassword('cafe\u0301'))).toBe(true));

  it('is checked against its hash, whatever parameters that states', async () => {
    const hashed = await hashPassword('correct horse');
    expect(await isPasswordOf(hashed, 'correct horse')).toBe(true);
    expect(await isPasswordOf(hashed, 'correct house')).toBe(false);
    expect(await isPasswordOf(await hashPassword('café'), 'cafe\u0301')).toBe(true);
    const weaker = argon2Sync('argon2id', {
      ...{ message: 'correct horse', nonce: Buffer.alloc(16, 1), memory: 64, passes: 1, parallelism: 1, tagLength: 32 },
    });
    const text = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
    const earlier = `$argon2id$v=19$m=64,t=1,p=1$${text(Buffer.alloc(16, 1))}$${text(weaker)}`;
    expect(await isPasswordOf(earlier, 'correct horse')).toBe(true);
  });
});
