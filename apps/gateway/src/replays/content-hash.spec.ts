import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { canonicalJson } from '@tokengrid/contracts';
import fc from 'fast-check';
import { addContent } from './content-hash.ts';

const hashOf = (body: string | Buffer) => addContent(createHmac('sha256', 'key'), Buffer.from(body)).digest('hex');

describe('the hash of a body', () => {
  it('is of its content: white space, escapes and the order of members do not count', () => {
    const one = hashOf('{"model":"qwen","messages":[{"role":"user","content":"é"}]}');
    expect(hashOf('{ "messages": [{"content":"\\u00e9",\n"role":"user"}], "model": "qwen" }')).toBe(one);
    expect(hashOf('{"model":"qwen","messages":[{"role":"user","content":"e"}]}')).not.toBe(one);
  });

  it('is the same for the same JSON alone, whatever its members and items', () =>
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        const isSame = canonicalJson(one) === canonicalJson(other);
        expect(hashOf(JSON.stringify(one)) === hashOf(JSON.stringify(other))).toBe(isSame);
        expect(hashOf(JSON.stringify(one, undefined, 2))).toBe(hashOf(JSON.stringify(one)));
      }),
    ));

  it.each([
    ['texts and their borders', '["a","b"]', '["ab",""]'],
    ['a list and its items', '[[1],2]', '[[1,2]]'],
    ['an object and a list', '{"a":1}', '["a",1]'],
    ['a number and a text', '[1]', '["1"]'],
    ['long texts', JSON.stringify(['x'.repeat(100_000), 'y']), JSON.stringify(['x'.repeat(100_001), 'y'])],
  ])('tells apart %s', (_, one, other) => expect(hashOf(one)).not.toBe(hashOf(other)));

  it('is of the bytes of what is no JSON', () => {
    expect(hashOf('{"a": 1')).not.toBe(hashOf('{"a":1'));
    expect(hashOf(Buffer.from([1, 2]))).toBe(hashOf(Buffer.from([1, 2])));
  });
});
