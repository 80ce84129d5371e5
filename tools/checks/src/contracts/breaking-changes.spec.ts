import { describe, expect, it } from '@jest/globals';
import { breakingChanges, type JsonSchema, refusedByOlderReaders } from './breaking-changes.ts';

const text = { type: 'string', maxLength: 10 };
const event = (properties: Record<string, JsonSchema>, required = Object.keys(properties)): JsonSchema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

describe('a change of a released schema', () => {
  it('breaks nothing when a field comes that may be absent', () =>
    expect(breakingChanges(event({ memo: text }), event({ memo: text, note: text }, ['memo']))).toEqual([]));

  it('breaks nothing in the log when a field takes more than it did', () => {
    const before = event({ memo: text, kind: { type: 'string', enum: ['a'] }, count: { type: 'integer', minimum: 1 } });
    const after = event({
      memo: { type: 'string', maxLength: 20 },
      kind: { type: 'string', enum: ['a', 'b'] },
      count: { type: 'number' },
    });
    expect(breakingChanges(before, after)).toEqual([]);
  });

  it.each<[string, JsonSchema, JsonSchema, string[]]>([
    ['a field is gone', event({ memo: text }), event({}), ['memo: is gone']],
    [
      'a field is renamed',
      event({ memo: text }),
      event({ note: text }),
      ['memo: is gone', 'note: is new and required'],
    ],
    ['a field becomes required', event({ memo: text }, []), event({ memo: text }), ['memo: was optional, is required']],
    [
      'a field becomes optional',
      event({ memo: text }),
      event({ memo: text }, []),
      ['memo: was always there, is optional'],
    ],
    ['a type changes', event({ n: text }), event({ n: { type: 'integer' } }), ['n: was string, is integer']],
    [
      'a bound is tightened',
      event({ n: text }),
      event({ n: { ...text, minLength: 1, maxLength: 9 } }),
      ['n: minLength is raised', 'n: maxLength is lowered'],
    ],
    ['a pattern comes', event({ n: text }), event({ n: { ...text, pattern: '^a' } }), ['n: pattern has changed']],
    [
      'a value is lost',
      event({ n: { type: 'string', enum: ['a', 'b'] } }),
      event({ n: { type: 'string', enum: ['b'] } }),
      ['n: no longer takes a'],
    ],
    [
      'null is lost',
      event({ n: { anyOf: [text, { type: 'null' }] } }),
      event({ n: text }),
      ['n: no longer takes null as it did'],
    ],
    [
      'something inside a list is narrowed',
      event({ lots: { type: 'array', items: event({ id: text }) } }),
      event({ lots: { type: 'array', items: event({ id: text, of: text }) } }),
      ['lots[].of: is new and required'],
    ],
    [
      'the values of a map are narrowed',
      event({ units: { type: 'object', additionalProperties: text } }),
      event({ units: { type: 'object', additionalProperties: { ...text, maxLength: 1 } } }),
      ['units{}: maxLength is lowered'],
    ],
  ])('breaks what is out there when %s', (_, before, after, changes) =>
    expect(breakingChanges(before, after)).toEqual(changes),
  );
});

describe('processes of the release before', () => {
  const before = event({
    memo: text,
    kind: { type: 'string', enum: ['a'] },
    lots: { type: 'array', items: event({}) },
  });
  const loose = ({ additionalProperties: _, ...schema }: JsonSchema): JsonSchema => schema;

  it('read past fields that may be absent, wherever they come', () => {
    const { kind } = before.properties!;
    const lots = { type: 'array', items: event({ id: text }, []) };
    const after = event({ memo: text, kind: kind!, lots, note: text }, ['memo', 'kind', 'lots']);
    expect(refusedByOlderReaders(before, after)).toEqual([]);
    expect(refusedByOlderReaders(before, loose(after))).toEqual([]);
    expect(refusedByOlderReaders(loose(before), before)).toEqual([]);
  });

  it.each<[string, JsonSchema, JsonSchema, string]>([
    [
      'a value that they do not know',
      { type: 'string', enum: ['a'] },
      { type: 'string', enum: ['a', 'b'] },
      'no longer takes b',
    ],
    ['a longer text', text, { type: 'string', maxLength: 20 }, 'maxLength is lowered'],
    ['a smaller number', { type: 'integer', minimum: 1 }, { type: 'integer' }, 'minimum is raised'],
    ['null', text, { anyOf: [text, { type: 'null' }] }, 'no longer takes null as it did'],
    ['a fraction', { type: 'integer' }, { type: 'number' }, 'was number, is integer'],
    ['text of another form', { type: 'string', pattern: '^a' }, { type: 'string' }, 'pattern has changed'],
  ])('refuse %s', (_, old, now, change) =>
    expect(refusedByOlderReaders(event({ n: old }), event({ n: now }))).toEqual([
      `n: ${change}, for readers of the release before`,
    ]),
  );
});
