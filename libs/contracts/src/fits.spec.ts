import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { encodeData, type EventDeclaration } from './event.ts';
import { compileFits } from './fits.ts';
import { catalogues, decodeData } from './index.ts';

type Samples = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
const declared = catalogues.flatMap(({ service, events }) => {
  const samples = JSON.parse(readFileSync(new URL(`samples/${service}.json`, import.meta.url), 'utf8')) as Samples;
  return Object.values<EventDeclaration>(events).map((declaration) => {
    const { type, version } = declaration;
    const sample = Buffer.from(JSON.stringify(samples[type]![version]));
    return { type, declaration, data: decodeData(declaration, version, sample) };
  });
});

/** True if readers accept the data, by the schema's verdict on the bytes. */
function isTaken({ schema }: { readonly schema: z.ZodType }, data: unknown): boolean {
  return schema.safeParse(JSON.parse(encodeData(data).toString())).success;
}

/** Values to put in place of others. */
const strangers = fc.constantFrom<unknown>(
  ...[undefined, null, '', 'x', '0', '-1', '007', 'é'.repeat(70), '😀'.repeat(140), '\ud800', 'a'.repeat(2001)],
  ...['2026-01-31', '1999-12-31', '2026-02-30', '+010000-01-01T00:00:00.000Z', '1999-12-31T23:59:59.999Z'],
  ...[0, -0, -1, 1.5, NaN, Infinity, 2 ** 53, 10_001, true, false],
  ...[0n, -1n, 1n, 10n ** 30n, 10n ** 30n + 1n, 10n ** 38n - 1n, 10n ** 38n, -(10n ** 38n)],
  ...[[], {}, [undefined], [null], ['x'], new Date(0), new Map(), Object.create({ inherited: 1 }) as object],
  ...[{ toJSON: () => 'x' }, { __proto__: null, x: 1 }, Array.from({ length: 101 }, () => 'x')],
);

/** Paths of all places in a value. */
function placesIn(value: unknown, path: readonly string[] = []): string[][] {
  const own = [[...path]];
  if (typeof value !== 'object' || value === null) return own;
  return own.concat(Object.entries(value).flatMap(([name, member]) => placesIn(member, [...path, name])));
}

/** The value with a stranger at a place; missing members are added. */
function withAt(value: unknown, [name, ...path]: readonly string[], stranger: unknown): unknown {
  if (name === undefined) return stranger;
  if (Array.isArray(value))
    return value.map((item, index) => (`${index}` === name ? withAt(item, path, stranger) : (item as unknown)));
  const members = value as Readonly<Record<string, unknown>>;
  return { ...members, [name]: withAt(members[name], path, stranger) };
}

/**
 * The value, unchanged or damaged in some places: a wrong value, an extra member, a missing one.
 */
const spoilt = (value: unknown) =>
  fc
    .array(
      fc.record({
        place: fc.constantFrom(...placesIn(value)),
        extra: fc.constantFrom(undefined, undefined, 'memo', 'constructor', '__proto__', 'toJSON', '0'),
        stranger: strangers,
      }),
      { maxLength: 3 },
    )
    .map((changes) =>
      changes.reduce<unknown>((spoiling, { place, extra, stranger }) => {
        const path = extra === undefined ? place : [...place, extra];
        try {
          return withAt(spoiling, path, stranger);
        } catch {
          // An earlier change left a value there that has no members.
          return spoiling;
        }
      }, value),
    );

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
