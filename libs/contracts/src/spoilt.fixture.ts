import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import type { EventDeclaration } from './event.ts';
import { catalogues } from './index.ts';

type Samples = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
/** Every event, with the JSON of its latest sample. */
export const declared = catalogues.flatMap(({ service, events }) => {
  const samples = JSON.parse(readFileSync(new URL(`samples/${service}.json`, import.meta.url), 'utf8')) as Samples;
  return Object.values<EventDeclaration>(events).map((declaration) => {
    const { type, version } = declaration;
    return { type, declaration, sample: samples[type]![version] };
  });
});

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
export const spoilt = (value: unknown) =>
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
