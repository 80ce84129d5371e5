import { describe, expect, it } from '@jest/globals';
import { breakingChanges, fingerprintOf, type JsonSchema } from './fingerprint.ts';

const text: JsonSchema = { type: 'string', maxLength: 10 };
const event = (properties: Record<string, JsonSchema>, required = Object.keys(properties)): JsonSchema => ({
  type: 'object',
  properties,
  required,
});
const listOf = (items: JsonSchema): JsonSchema => ({ type: 'array', items });
const changes = (before: JsonSchema, after: JsonSchema) => breakingChanges(fingerprintOf(before), fingerprintOf(after));

describe('a released version', () => {
  it('may gain a field that may be absent, wherever it comes, whatever that holds', () => {
    const before = event({ memo: text, lots: listOf(event({})) });
    const lots = listOf(event({ id: text }, []));
    const voucher = event({ funder: text, apps: listOf(text) });
    expect(changes(before, event({ memo: text, lots, voucher }, ['memo', 'lots']))).toEqual([]);
  });

  it('may be described anew, with other examples', () => {
    const described = { ...text, description: 'memo of the sender', examples: ['hello'] };
    expect(changes(event({ memo: text }), { ...event({ memo: described }), title: 'TokensSent' })).toEqual([]);
  });

  const differs = 'has another type, other bounds or other values';
  it.each<[string, JsonSchema, JsonSchema, string[]]>([
    ['a field is gone', event({ memo: text }), event({}), ['memo is gone']],
    ['a field is renamed', event({ memo: text }), event({ note: text }), ['memo is gone', 'note is new and required']],
    ['a field becomes required', event({ memo: text }, []), event({ memo: text }), ['memo was optional, is required']],
    [
      'a field becomes optional',
      event({ memo: text }),
      event({ memo: text }, []),
      ['memo was always there, is optional'],
    ],
    ['a type changes', event({ n: text }), event({ n: { type: 'integer' } }), [`n ${differs}`]],
    ['a bound is lowered', event({ n: text }), event({ n: { ...text, maxLength: 9 } }), [`n ${differs}`]],
    [
      'a bound is raised, which older readers refuse',
      event({ n: text }),
      event({ n: { ...text, maxLength: 11 } }),
      [`n ${differs}`],
    ],
    ['a value comes', event({ n: { enum: ['a'] } }), event({ n: { enum: ['a', 'b'] } }), [`n ${differs}`]],
    ['a value is lost', event({ n: { enum: ['a', 'b'] } }), event({ n: { enum: ['b'] } }), [`n ${differs}`]],
    [
      'null is lost',
      event({ n: { anyOf: [text, { type: 'null' }] } }),
      event({ n: text }),
      [`n ${differs}`, 'n(1) is gone', 'n(2) is gone'],
    ],
    [
      'something inside a list is required',
      event({ lots: listOf(event({ id: text })) }),
      event({ lots: listOf(event({ id: text, of: text })) }),
      ['lots[].of is new and required'],
    ],
    [
      'something inside an alternative is gone',
      event({ gift: { oneOf: [event({ id: text }), event({ to: text })] } }),
      event({ gift: { oneOf: [event({ id: text }), event({})] } }),
      ['gift(2).to is gone'],
    ],
    [
      'the values of a map are narrowed',
      event({ units: { type: 'object', additionalProperties: text } }),
      event({ units: { type: 'object', additionalProperties: { ...text, maxLength: 1 } } }),
      [`units{} ${differs}`],
    ],
    [
      'no other fields may come',
      event({}),
      { ...event({}), additionalProperties: false },
      [`the event itself ${differs}`],
    ],
    ['an object is gone with all that it holds', event({ use: event({ id: text }) }), event({}), ['use is gone']],
  ])('breaks when %s', (_, before, after, sentences) => expect(changes(before, after)).toEqual(sentences));
});
