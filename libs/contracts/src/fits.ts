import { z } from 'zod';
import { asBigint, boundsOfDigits } from './money.ts';

/**
 * Says that a value, once it is JSON, fits a schema. False is no verdict: then the bytes have to be asked. So whatever a test here does
 * not know for certain, it leaves to them.
 */
export type Fits = (value: unknown) => boolean;

type Schema = z.core.$ZodType;

/** What is looked at of zod's own definitions of schemas and checks. */
/** A schema of a format of its own, such as a time, is its own first check. */
interface Definition extends CheckDefinition {
  readonly type: string;
  readonly checks?: readonly { readonly _zod: { readonly def: CheckDefinition } }[];
  readonly shape: Readonly<Record<string, Schema>>;
  readonly catchall?: Schema;
  readonly element: Schema;
  readonly innerType: Schema;
  readonly keyType: Schema;
  readonly valueType: Schema;
  readonly options: readonly Schema[];
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
 * Compiles the test of an event's data as decisions state it: amounts as bigint, fields that are absent perhaps `undefined`. It sees what
 * readers will see: `JSON.stringify` turns a bigint into its digits (by `encodeData`) and drops what is undefined.
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
      // Of a member that is there; objects see to those that are not, and in arrays undefined becomes null.
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

const definitionOf = (schema: Schema) => schema._zod.def as unknown as Definition;
const hasNoChecks = ({ checks = [] }: Definition) => checks.length === 0;

/** An object that `JSON.stringify` writes member by member. */
const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

function objectFits(definition: Definition): Fits {
  // With a catchall other than `never`, or checks of the whole, there is more to it than its members.
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
  // The names of an enumeration have to be there: that is for the schema to say.
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

/** Text that becomes something else in code: the text is checked as readers will find it, what it becomes by the checks behind. */
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
  // Formats that are more than a pattern, such as URLs, are for the schema to tell.
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
  // A bigint among them would be text to readers.
  if (!hasNoChecks(definition) || values.some((value) => typeof value === 'bigint')) return leftToTheBytes;
  const allowed = new Set(values);
  return (value) => allowed.has(value);
}

/** Which bigints' digits are such text; `undefined` where that is not known. */
function boundsOfText({ check, checks = [] }: Definition) {
  const [first, ...others] = checks.map(({ _zod }) => _zod.def);
  return check === undefined && first?.pattern && others.length === 0 ? boundsOfDigits.get(first.pattern) : undefined;
}

type Holds<T> = (value: T) => boolean;
const allHold = <T>(checks: readonly Holds<T>[], value: T): boolean => {
  for (const holds of checks) if (!holds(value)) return false;
  return true;
};

/** The checks behind a schema; `undefined` where one of them is not known here. */
function checksOf<T>({ checks = [] }: Definition, compile: (check: CheckDefinition) => Holds<T> | undefined) {
  const compiled = checks.map(({ _zod }) => compile(_zod.def));
  return compiled.every((holds) => holds !== undefined) ? compiled : undefined;
}

function textCheck(check: CheckDefinition): Holds<string> | undefined {
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

/** Lengths of texts count these: at most as many as UTF-16 units, and at least half as many. */
const codePoints = (text: string): number => [...text].length;

/** Formats whose pattern says all. */
const patternFormats: ReadonlySet<string | undefined> = new Set(['regex', 'datetime', 'date']);

function lengthCheck({ check, minimum, maximum }: CheckDefinition): Holds<number> | undefined {
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

/** `.refine(…)` behind a transformation. */
function outputCheck({ check, fn }: CheckDefinition): Holds<unknown> | undefined {
  return check === 'custom' && fn ? (value) => fn(value) === true : undefined;
}
