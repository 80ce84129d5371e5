import fc from 'fast-check';
import { z } from 'zod';

/** Fields of zod's own definitions that are used here. */
interface Definition {
  readonly type: string;
  readonly pattern?: RegExp;
  readonly checks?: readonly { readonly _zod: { readonly def: Limits } }[];
  readonly shape: Readonly<Record<string, z.core.$ZodType>>;
  readonly element: z.core.$ZodType;
  readonly innerType: z.core.$ZodType;
  readonly keyType: z.core.$ZodType;
  readonly valueType: z.core.$ZodType;
  readonly options: readonly z.core.$ZodType[];
  readonly in: z.core.$ZodType;
  readonly values: readonly unknown[];
  readonly entries: Readonly<Record<string, unknown>>;
}
interface Limits {
  readonly check?: string;
  readonly pattern?: RegExp;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly value?: number;
}

/**
 * Edge cases of text fields: amounts, times, names, and texts that stores and parsers mishandle.
 */
const edgesOfText = (most: number): readonly string[] => [
  ...['0', '1', '10', '99999', '0.000001', '999999999999999999.999999', '999999999999999999'],
  ...[12n, 18n, 24n, 27n, 30n].map((digits) => String(10n ** digits)),
  ...['2000-01-01T00:00:00Z', '2016-12-31T23:59:60Z', '2030-06-30t23:59:60.5z', '9999-12-31T23:59:59.999999Z'],
  ...['9999-12-31T23:59:60Z', '9999-12-31T23:59:59-12:00', '9999-12-31T12:00:00-11:59', '2026-12-01T00:00:00+14:00'],
  ...['constructor', '__proto__', 'toString', ' ', 'a', '-', '\u0001', '\u2028', '"\\', 'é', '😀', '\u202e', '\ufeff'],
  ...['application/json', 'text/vnd.x+json; charset=utf-8'],
  ...['1999-12-31', '2024-02-29', '9999-12-31'],
  ...['https://a.example', 'http://[::1]:1/', `https://a.example/${'ü'.repeat(200)}`, ' https://a.example/\t'],
  ...['😀', 'é', '"', '\u007f', 'a', '9'].flatMap((unit) => [unit.repeat(most), unit.repeat(most + 1)]),
];
const usualLength = 40;

const edgesOfNumbers = [0, -0, 1, 2, 100, 10_000, 1_000_000, 2 ** 31, 2 ** 53 - 1, -1, 1.5];

const definitionOf = (schema: z.core.$ZodType) => schema._zod.def as unknown as Definition;
const limitsOf = ({ checks = [] }: Definition) => checks.map(({ _zod }) => _zod.def);
const bounded = (definition: Definition, check: string) => limitsOf(definition).find((each) => each.check === check);

/**
 * JSON that a schema of requests accepts, mostly edge cases. For text that a schema transforms, it
 * generates the text.
 */
export function bodiesOf(schema: z.core.$ZodType): fc.Arbitrary<unknown> {
  return accepted(schema, anyOf(schema));
}

function anyOf(schema: z.core.$ZodType): fc.Arbitrary<unknown> {
  const definition = definitionOf(schema);
  switch (definition.type) {
    case 'object':
      return accepted(schema, objects(definition));
    case 'array':
      return accepted(schema, arrays(definition));
    case 'record':
      return fc.dictionary(anyOf(definition.keyType) as fc.Arbitrary<string>, anyOf(definition.valueType), {
        minKeys: 1,
      });
    case 'union':
      return fc.oneof(...definition.options.map(anyOf));
    case 'nullable':
      return fc.oneof(fc.constant(null), anyOf(definition.innerType));
    case 'pipe':
      return accepted(schema, anyOf(definition.in));
    case 'string':
      return texts(schema, definition);
    case 'number':
      return numbers(schema, definition);
    case 'boolean':
      return fc.boolean();
    case 'enum':
      return fc.constantFrom(...Object.values(definition.entries));
    case 'literal':
      return fc.constantFrom(...definition.values);
    case 'optional':
    case 'default':
    case 'prefault':
      return anyOf(definition.innerType);
    default:
      throw new RangeError(`no generator for ${definition.type}`);
  }
}

const accepted = (schema: z.core.$ZodType, values: fc.Arbitrary<unknown>) =>
  values.filter((value) => z.core.safeParse(schema, value).success);

function objects({ shape }: Definition): fc.Arbitrary<unknown> {
  const members = Object.entries(shape);
  const requiredKeys = members.filter(([, member]) => !z.core.safeParse(member, undefined).success);
  return fc.record(Object.fromEntries(members.map(([name, member]) => [name, anyOf(member)])), {
    requiredKeys: requiredKeys.map(([name]) => name),
  });
}

function arrays(definition: Definition): fc.Arbitrary<unknown> {
  const minLength = bounded(definition, 'min_length')?.minimum ?? 0;
  const most = bounded(definition, 'max_length')?.maximum ?? usualLength;
  const element = anyOf(definition.element);
  const some = fc.array(element, { minLength, maxLength: Math.min(most, minLength + 3), size: 'max' });
  // Maximum length: one in ten, because they are large.
  return fc.oneof(
    { weight: 9, arbitrary: some },
    { weight: 1, arbitrary: fc.array(element, { minLength: most, maxLength: most, size: 'max' }) },
  );
}

function texts(schema: z.core.$ZodType, definition: Definition): fc.Arbitrary<unknown> {
  const most = bounded(definition, 'max_length')?.maximum ?? usualLength;
  const edges = edgesOfText(most).filter((text) => z.core.safeParse(schema, text).success);
  const { pattern = limitsOf(definition).find((each) => each.pattern)?.pattern } = definition;
  // Random text seldom satisfies a `.refine`.
  const isRandom = pattern && (edges.length === 0 || !bounded(definition, 'custom'));
  const matching = isRandom ? [accepted(schema, fc.stringMatching(pattern))] : [];
  return fc.oneof(...(edges.length > 0 ? [fc.constantFrom(...edges)] : []), ...matching);
}

function numbers(schema: z.core.$ZodType, definition: Definition): fc.Arbitrary<unknown> {
  const bounds = limitsOf(definition).flatMap(({ value }) =>
    value === undefined ? [] : [value - 1, value, value + 1],
  );
  return fc.constantFrom(...[...edgesOfNumbers, ...bounds].filter((value) => z.core.safeParse(schema, value).success));
}
