import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { decodeData, encodeData } from './event.ts';
import { compileFits } from './fits.ts';
import { declared as events, spoilt } from './spoilt.fixture.ts';

const declared = events.map(({ type, declaration, sample }) => ({
  type,
  declaration,
  data: decodeData(declaration, declaration.version, Buffer.from(JSON.stringify(sample))),
}));

/** True if readers accept the data, by the schema's verdict on the bytes. */
function isTaken({ schema }: { readonly schema: z.ZodType }, data: unknown): boolean {
  return schema.safeParse(JSON.parse(encodeData(data).toString())).success;
}

describe.each(declared)('the compiled test of $type', ({ declaration, data }) => {
  it('takes nothing that readers would not', () =>
    fc.assert(
      fc.property(spoilt(data), (spoiling) => {
        if (declaration.fits(spoiling)) expect(isTaken(declaration, spoiling)).toBe(true);
      }),
      { numRuns: 300 },
    ));
});

describe('compiled tests', () => {
  it('tell of all events by themselves, but for those that have prices', () =>
    expect(declared.filter(({ declaration, data }) => !declaration.fits(data)).map(({ type }) => type)).toEqual([
      'VersionDrafted',
      'VersionPublished',
      'ModelSubmitted',
      'ModelOffered',
      'ModelPriced',
    ]));

  it('leave to the bytes what they do not know', () => {
    const unknown = [
      z.date(),
      z.any(),
      z.strictObject({ a: z.string() }).refine(() => true),
      z.looseObject({ a: z.string() }),
      z.array(z.string()).refine(() => true),
      z.string().transform((text) => text.length),
      z.string().toUpperCase(),
      z.number().multipleOf(2),
      z.string().regex(/^x$/g),
    ];
    for (const schema of unknown) {
      const fits = compileFits(schema);
      for (const value of ['x', 'X', 4, {}, { a: 'x' }, ['x'], new Date()])
        if (fits(value)) expect(schema.safeParse(JSON.parse(JSON.stringify(value))).success).toBe(true);
    }
  });

  it('ask the schema of a text whose format is more than a pattern', () => {
    const fits = compileFits(z.url({ protocol: /^https$/ }));
    expect([fits('https://a.example'), fits('http://a.example'), fits('a')]).toEqual([true, false, false]);
  });

  it('count code points, as the schema does', () => {
    const fits = compileFits(z.string().min(2).max(3));
    expect(['😀', '😀😀', '😀😀😀', '😀😀😀😀', 'ab', 'a'].map(fits)).toEqual([false, true, true, false, true, false]);
  });
});
