import { describe, expect, it } from '@jest/globals';
import { MasterKey } from './master-key.ts';

const text = Buffer.alloc(32, 7).toString('base64url');

describe("identity's master key", () => {
  it('gives a key for each purpose, the same whenever it is given', () => {
    const { ofContacts, ofPersonKeys, ofSecrets } = new MasterKey(text);
    const keys = [ofContacts, ofPersonKeys, ofSecrets].map((key) => key.toString('hex'));
    expect(new Set([...keys, Buffer.alloc(32, 7).toString('hex')]).size).toBe(4);
    expect(new MasterKey(text).ofPersonKeys).toEqual(ofPersonKeys);
  });
});
