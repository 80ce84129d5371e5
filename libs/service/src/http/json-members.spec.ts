import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseJsonBody } from './json-body.ts';
import type { ProblemError } from './problem.ts';

function errorsOf(text: string): unknown {
  try {
    parseJsonBody(Buffer.from(text));
    return [];
  } catch (error) {
    return (error as ProblemError).problem.extra['errors'];
  }
}

const twice = (pointer: string) => [{ pointer, detail: 'duplicate member' }];

describe('a member that is there twice', () => {
  it.each([
    ['{"a":1,"a":1}', '/a'],
    ['{"a":1,"\\u0061":2}', '/a'],
    ['{"x":{"a":1,"b":[0,{"c/d":1,"c/d":2}]}}', '/x/b/1/c~1d'],
    [' [ 1 , { "a" : { } , "b" : 2 ,\t"a"\r\n: 3 } ] ', '/1/a'],
    ['{"":1,"":2}', '/'],
    ['{"a\\"b":1,"a\\"b":2}', '/a"b'],
    ['{"constructor":1,"constructor":2}', '/constructor'],
  ])('is refused, with its place: %s', (text, pointer) => expect(errorsOf(text)).toEqual(twice(pointer)));

  it.each([
    '{"a":{"a":1},"b":{"a":1}}',
    '[{"a":1},{"a":1}]',
    '{"a":"a\\":","b":"\\\\"}',
    '{"a":"{\\"a\\":1}"}',
    '"a:"',
    '[":"]',
  ])('is not found where there is none: %s', (text) => expect(errorsOf(text)).toEqual([]));

  it('is found whatever the JSON, and never where there is none', () =>
    fc.assert(
      fc.property(fc.json({ stringUnit: 'binary' }), fc.string({ unit: 'grapheme' }), (json, name) => {
        const text = JSON.stringify(JSON.parse(json), null, 1);
        fc.pre(text.isWellFormed() && !/\\u(0000|d[89a-f])|__proto__/i.test(text + JSON.stringify(name)));
        expect(errorsOf(text)).toEqual([]);
        const member = JSON.stringify(name);
        expect(errorsOf(`{${member}:${text},${member} :${text}}`)).toHaveLength(1);
      }),
    ));
});
