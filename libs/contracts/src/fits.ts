import { z } from 'zod';
import { asBigint, boundsOfDigits } from './money.ts';

/**
 * Tests that a value, once encoded, fits a schema. False is no verdict: the bytes have to be
 * checked, so a test returns false for anything it is not certain of.
 */
export type Fits = (value: unknown) => boolean;

export type Schema = z.core.$ZodType;

/**
 * Fields of zod's own definition of a schema that are used here. A schema of a format of its own,
 * such as a time, is its own first check.
 */
export interface Definition extends CheckDefinition {
  readonly type: string;
  readonly checks?: readonly { readonly _zod: { readonly def: CheckDefinition } }[];
  readonly shape: Readonly<Record<string, Schema>>;
  readonly catchall?: Schema;
  readonly element: Schema;
  readonly innerType: Schema;
  readonly keyType: Schema;
  readonly valueType: Schema;
  readonly options: readonly Schema[];
  readonly discriminator?: string;
  readonly in: Schema;
  readonly out: Schema;
  readonly transform: (input: unknown, context: unknown) => unknown;
  readonly values: readonly unknown[];
  readonly entries: Readonly<Record<string, unknown>>;
}

interface CheckDefinition {
  readonly check?: string;
  readonly format?: string;
  readonly pattern?: RegExp;
  readonly minimum: number;
  readonly maximum: number;
  readonly value: number;
  readonly inclusive: boolean;
  readonly fn?: (value: unknown) => unknown;
}

const leftToTheBytes: Fits = () => false;

/**
 * Compiles the test of an event's data as decisions state it: amounts as bigint, absent fields
 * perhaps `undefined`. It judges the encoded form: `encodeData` turns a bigint into its digits, and
 * `JSON.stringify` drops undefined members.
 */
export function compileFits(schema: Schema): Fits {
  const definition = definitionOf(schema);
  switch (definition.type) {
    case 'object':
      return objectFits(definition);
    case 'array':
      return arrayFits(definition);
    case 'record':
      return recordFits(definition);
    case 'union':
      return unionFits(definition);
    case 'nullable':
      return nullableFits(definition);
    case 'optional':
      // For a present member; objects handle absent ones, and in arrays undefined becomes null.
      return hasNoChecks(definition) ? compileFits(definition.innerType) : leftToTheBytes;
    case 'pipe':
      return pipeFits(definition);
    case 'string':
      return stringFits(schema, definition);
    case 'number':
      return numberFits(definition);
    case 'boolean':
      return hasNoChecks(definition) ? (value) => typeof value === 'boolean' : leftToTheBytes;
    case 'enum':
      return oneOf(definition, Object.values(definition.entries));
    case 'literal':
      return oneOf(definition, definition.values);
    default:
      return leftToTheBytes;
  }
}

export const definitionOf = (schema: Schema) => schema._zod.def as unknown as Definition;
export const hasNoChecks = ({ checks = [] }: Definition) => checks.length === 0;

/** An object that `JSON.stringify` writes member by member. */
const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

function objectFits(definition: Definition): Fits {
  // With a catchall other than `never`, or checks of the whole, its members alone do not decide.
  if (!hasNoChecks(definition) || (definition.catchall && definitionOf(definition.catchall).type !== 'never'))
    return leftToTheBytes;
  const members = Object.entries(definition.shape).map(([name, member]) => ({
    name,
    fits: compileFits(member),
    isOptional: definitionOf(member).type === 'optional' && hasNoChecks(definitionOf(member)),
  }));
  return (value) => {
    if (!isPlain(value)) return false;
    let known = 0;
    for (const { name, fits, isOptional } of members) {
      const member = value[name];
      if (member === undefined) {
        if (!isOptional) return false;
      } else {
        if (!fits(member)) return false;
        known += 1;
      }
    }
    let all = 0;
    for (const name in value) if (value[name] !== undefined) all += 1;
    return all === known;
  };
}

function arrayFits(definition: Definition): Fits {
  const element = compileFits(definition.element);
  const checks = checksOf(definition, lengthCheck);
  if (!checks) return leftToTheBytes;
  return (value) => {
    if (!Array.isArray(value) || !allHold(checks, value.length)) return false;
    for (let index = 0; index < value.length; index++) {
      const item: unknown = value[index];
      if (item === undefined || !element(item)) return false;
    }
    return true;
  };
}

function recordFits(definition: Definition): Fits {
  if (!hasNoChecks(definition)) return leftToTheBytes;
  const [keyFits, valueFits] = [compileFits(definition.keyType), compileFits(definition.valueType)];
  // Members of an enumeration are required: the schema checks them.
  if (definitionOf(definition.keyType).type !== 'string') return leftToTheBytes;
  return (value) => {
    if (!isPlain(value)) return false;
    for (const name in value) {
      const member = value[name];
      if (member !== undefined && !(name !== '__proto__' && keyFits(name) && valueFits(member))) return false;
    }
    return true;
  };
}

function unionFits(definition: Definition): Fits {
  if (!hasNoChecks(definition)) return leftToTheBytes;
  const options = definition.options.map(compileFits);
  return (value) => options.some((fits) => fits(value));
}

function nullableFits(definition: Definition): Fits {
  if (!hasNoChecks(definition)) return leftToTheBytes;
  const inner = compileFits(definition.innerType);
  return (value) => value === null || inner(value);
}

/** Test of a transformed text: the text as readers find it, the result by the checks behind. */
function pipeFits(definition: Definition): Fits {
  const [from, to] = [definitionOf(definition.in), definitionOf(definition.out)];
  const checks = checksOf(definition, outputCheck);
  if (from.type !== 'string' || to.type !== 'transform' || !hasNoChecks(to) || !checks) return leftToTheBytes;
  const textFits = stringFits(definition.in, from);
  const bounds = to.transform === asBigint ? boundsOfText(from) : undefined;
  return (value) => {
    if (bounds && typeof value === 'bigint') return value >= bounds[0] && value <= bounds[1] && allHold(checks, value);
    const text = typeof value === 'bigint' ? value.toString() : value;
    return textFits(text) && allHold(checks, to.transform(text, undefined));
  };
}

function stringFits(schema: Schema, definition: Definition): Fits {
  const checks = checksOf(definition, textCheck);
  const own = textCheck(definition);
  // Formats beyond a pattern, such as URLs, are checked by the schema.
  if (!checks || !own) return (value) => typeof value === 'string' && z.core.safeParse(schema, value).success;
  return (value) => typeof value === 'string' && own(value) && allHold(checks, value);
}

function numberFits(definition: Definition): Fits {
  const checks = checksOf(definition, numberCheck);
  const own = numberCheck(definition);
  if (!checks || !own) return leftToTheBytes;
  return (value) => typeof value === 'number' && Number.isFinite(value) && own(value) && allHold(checks, value);
}

function oneOf(definition: Definition, values: readonly unknown[]): Fits {
  // Readers would find a bigint as text.
  if (!hasNoChecks(definition) || values.some((value) => typeof value === 'bigint')) return leftToTheBytes;
  const allowed = new Set(values);
  return (value) => allowed.has(value);
}

/** Bounds of bigints whose digits match the text's pattern; `undefined` if unknown. */
function boundsOfText({ check, checks = [] }: Definition) {
  const [first, ...others] = checks.map(({ _zod }) => _zod.def);
  return check === undefined && first?.pattern && others.length === 0 ? boundsOfDigits.get(first.pattern) : undefined;
}

type Holds<T> = (value: T) => boolean;
export const allHold = <T>(checks: readonly Holds<T>[], value: T): boolean => {
  for (const holds of checks) if (!holds(value)) return false;
  return true;
};

/** Compiled checks of a schema; `undefined` if one of them is unknown here. */
export function checksOf<T>({ checks = [] }: Definition, compile: (check: CheckDefinition) => Holds<T> | undefined) {
  const compiled = checks.map(({ _zod }) => compile(_zod.def));
  return compiled.every((holds) => holds !== undefined) ? compiled : undefined;
}

export function textCheck(check: CheckDefinition): Holds<string> | undefined {
  const { pattern } = check;
  switch (check.check) {
    case undefined:
      return () => true;
    case 'string_format':
      if (!pattern || pattern.global || pattern.sticky || !patternFormats.has(check.format)) return undefined;
      return (text) => pattern.test(text);
    case 'min_length':
      return (text) => text.length >= 2 * check.minimum - 1 || codePoints(text) >= check.minimum;
    case 'max_length':
      return (text) => text.length <= check.maximum || codePoints(text) <= check.maximum;
    default:
      return undefined;
  }
}

/** Length of a text as zod counts it: at most its UTF-16 units, and at least half of them. */
const codePoints = (text: string): number => [...text].length;

/** Formats that a pattern defines completely. */
const patternFormats: ReadonlySet<string | undefined> = new Set(['regex', 'datetime', 'date']);

export function lengthCheck({ check, minimum, maximum }: CheckDefinition): Holds<number> | undefined {
  if (check === 'min_length') return (length) => length >= minimum;
  return check === 'max_length' ? (length) => length <= maximum : undefined;
}

function numberCheck({ check, format, value: bound, inclusive }: CheckDefinition): Holds<number> | undefined {
  switch (check) {
    case undefined:
      return () => true;
    case 'number_format':
      return format === 'safeint' ? Number.isSafeInteger : undefined;
    case 'greater_than':
      return (value) => (inclusive ? value >= bound : value > bound);
    case 'less_than':
      return (value) => (inclusive ? value <= bound : value < bound);
    default:
      return undefined;
  }
}

/** Test of a `.refine(…)` behind a transformation. */
export function outputCheck({ check, fn }: CheckDefinition): Holds<unknown> | undefined {
  return check === 'custom' && fn ? (value) => fn(value) === true : undefined;
}
