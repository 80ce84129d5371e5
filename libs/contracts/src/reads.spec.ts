import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { decodeData, encodeData } from './event.ts';
import { loosened } from './loosened.ts';
import { compileReads, unread } from './reads.ts';
import { declared, spoilt } from './spoilt.fixture.ts';

/** JSON as a reader gets it. */
const sent = (value: unknown): unknown => JSON.parse(encodeData(value)?.toString() ?? 'null');

describe.each(declared)('the compiled reader of $type', ({ declaration, sample }) => {
  it('reads what the schema reads, and the same, or leaves it to the schema', () =>
    fc.assert(
      fc.property(spoilt(sample), (spoiling) => {
        const text = JSON.stringify(spoiling, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value));
        if (text === undefined) return;
        const read = declaration.reads(JSON.parse(text));
        const bySchema = declaration.readable.safeParse(JSON.parse(text));
        if (read !== unread) expect({ success: true, data: read }).toEqual(bySchema);
      }),
      { numRuns: 300 },
    ));
});

describe('compiled readers', () => {
  it('read all events by themselves, but for those that have prices', () => {
    const left = declared.filter(({ declaration, sample }) => declaration.reads(sent(sample)) === unread);
    const priced = ['VersionDrafted', 'VersionPublished', 'ModelSubmitted', 'ModelOffered', 'ModelPriced'];
    expect(left.map(({ type }) => type)).toEqual(priced);
  });

  it('leave unknown fields, which later releases add, to the schema', () => {
    const { declaration, sample } = declared.find(({ type }) => type === 'WalletCharged')!;
    const added = { ...(sent(sample) as object), later: 1 };
    expect(declaration.reads(added)).toBe(unread);
    const bytes = Buffer.from(JSON.stringify({ ...(sent(sample) as object), later: 1 }));
    expect(decodeData(declaration, declaration.version, bytes)).toEqual(declaration.reads(sent(sample)));
  });

  it.each<[string, z.ZodType]>([
    ['a date', z.date()],
    ['any value', z.any()],
    ['an object that is checked as a whole', z.strictObject({ a: z.string() }).refine(() => true)],
    ['an object with other members', z.looseObject({ a: z.string() })],
    ['an object with a member that every object has', z.strictObject({ toString: z.string() })],
    ['a list that is checked as a whole', z.array(z.string()).refine(() => true)],
    ['a default', z.strictObject({ a: z.string().default('x') })],
    [
      'a changed text that is changed again',
      z
        .string()
        .toUpperCase()
        .transform((text) => text.length),
    ],
    [
      'objects of which none is named',
      z.union([z.strictObject({ a: z.literal('x') }), z.strictObject({ a: z.string(), b: z.string() })]),
    ],
  ])('leave to the schema what they do not know: %s', (_, schema) => {
    for (const value of ['x', 4, {}, { a: 'x' }, { a: 'x', b: 'y' }, ['x'], null, { toString: 'x' }])
      expect(compileReads(schema)(value)).toBe(unread);
  });

  it('read texts as the schema changes them', () => {
    expect(compileReads(z.strictObject({ a: z.string().toUpperCase() }).strip())({ a: 'x' })).toEqual({ a: 'X' });
    expect(compileReads(z.url())(' https://a.example ')).toBe(z.url().parse(' https://a.example '));
    expect(compileReads(z.url())('a')).toBe(unread);
  });

  it('tell objects apart by their names before they change any', () => {
    const schema = loosened(
      z.discriminatedUnion('is', [
        z.strictObject({ is: z.literal('number'), of: z.string().transform((text) => BigInt(text)) }),
        z.strictObject({ is: z.literal('text'), of: z.string() }),
        z.strictObject({ is: z.enum(['list', 'set']), of: z.array(z.string()) }),
        z.strictObject({ is: z.literal('flag').optional(), of: z.boolean() }),
      ]),
    );
    const reads = compileReads(schema);
    expect(reads({ is: 'number', of: '7' })).toEqual({ is: 'number', of: 7n });
    expect(reads({ is: 'text', of: '7' })).toEqual({ is: 'text', of: '7' });
    expect(reads({ is: 'set', of: ['7'] })).toEqual({ is: 'set', of: ['7'] });
    expect(reads({ of: true })).toEqual({ of: true });
    expect(reads({ is: 'flag', of: true })).toEqual({ is: 'flag', of: true });
    expect(reads({ of: '7' })).toBe(unread);
    expect(reads({ is: 'neither', of: '7' })).toBe(unread);
    expect(reads(null)).toBe(unread);
  });
});
