import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { membersOf, withMembers } from './json-object.ts';

const shown = (text: string) => membersOf(text).map(({ name, valueBegin, end }) => [name, text.slice(valueBegin, end)]);

describe('members of a JSON text', () => {
  it('are those of the outermost object, as they are written', () =>
    expect(
      shown('{ "a\\"b" : {"x":[1,"]}"]} ,"seed":9007199254740993,\n"c":"\\\\","d":[{}],"e":null,"f":1e400 }'),
    ).toEqual([
      ['a"b', '{"x":[1,"]}"]}'],
      ['seed', '9007199254740993'],
      ['c', '"\\\\"'],
      ['d', '[{}]'],
      ['e', 'null'],
      ['f', '1e400'],
    ]));

  it('are none in an empty object', () => expect([shown('{}'), shown(' { } ')]).toEqual([[], []]));

  it('can be replaced, added and left out; all others stay', () => {
    const text = '{"model":"a","x":{"model":1},"y":2}';
    const replaced = new Map([
      ['model', '"b"'],
      ['y', undefined],
      ['z', '[]'],
    ]);
    expect(withMembers(text, membersOf(text), replaced)).toBe('{"model":"b","z":[],"x":{"model":1}}');
    expect(withMembers('{}', [], new Map([['a', '1']]))).toBe('{"a":1}');
  });

  it('are those that a parser finds, in any object', () =>
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(undefined, 1, '\t'), (object, indent) => {
        const text = JSON.stringify(object, undefined, indent);
        const members = membersOf(text);
        expect(members.map(({ name }) => name)).toEqual(Object.keys(object));
        expect(JSON.parse(withMembers(text, members, new Map()))).toEqual(JSON.parse(text));
      }),
    ));
});
