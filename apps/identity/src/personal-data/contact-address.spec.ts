import { describe, expect, it } from '@jest/globals';
import { contactKindOf, contactStreamIdOf } from './contact-address.ts';

const key = Buffer.alloc(32, 1);

describe("a contact's stream", () => {
  it('is the same for an e-mail address in any case', () =>
    expect(contactStreamIdOf(key, 'email', 'Ann@Example.com')).toBe(
      contactStreamIdOf(key, 'email', 'ann@example.COM'),
    ));

  it('differs by address, by kind and by key, and shows none of them', () => {
    const ids = [
      contactStreamIdOf(key, 'email', 'ann@example.com'),
      contactStreamIdOf(key, 'email', 'bob@example.com'),
      contactStreamIdOf(key, 'msisdn', 'ann@example.com'),
      contactStreamIdOf(Buffer.alloc(32, 2), 'email', 'ann@example.com'),
    ];
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^contact-[0-9a-f]{64}$/);
  });

  it('is that of a number for a subscriber, of an address for an organization', () => {
    expect(contactKindOf('sub_01jzz0000000000000000000b1')).toBe('msisdn');
    expect(contactKindOf('org_01jzz0000000000000000000a1')).toBe('email');
  });
});
