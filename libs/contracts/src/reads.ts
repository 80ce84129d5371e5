import { z } from 'zod';
import {
  allHold,
  checksOf,
  compileFits,
  definitionOf,
  hasNoChecks,
  lengthCheck,
  outputCheck,
  textCheck,
} from './fits.ts';
import type { Definition, Schema } from './fits.ts';

/** Verdict on JSON that only its schema can judge. */
export const unread = Symbol('unread');

/**
 * Reads JSON as a schema does, several times faster: amounts become bigints, in place. For JSON
 * that it is not certain of, such as faulty JSON or an unknown field, it returns {@link unread};
 * the JSON may have been changed then.
 */
export type Reads = (json: unknown) => unknown;

const leftToTheSchema: Reads = () => unread;

/** Compiles the reader of a schema for JSON as `JSON.parse` returns it. */
export function compileReads(schema: Schema): Reads {
  const definition = definitionOf(schema);
  switch (definition.type) {
    case 'object':
      return objectReads(definition);
    case 'array':
      return arrayReads(definition);
    case 'record':
      return recordReads(definition);
    case 'union':
      return unionReads(definition);
    case 'nullable':
      return nullableReads(definition);
    case 'optional':
      // For a present member; objects handle absent ones.
      return hasNoChecks(definition) ? compileReads(definition.innerType) : leftToTheSchema;
    case 'pipe':
      return pipeReads(definition);
    default:
      if (isSameInCode(schema)) return asItIs(schema);
      return definition.type === 'string' ? bySchema(schema) : leftToTheSchema;
  }
}

/** Reader of values that are the same in JSON and in code. */
function asItIs(schema: Schema): Reads {
  const fits = compileFits(schema);
  return (json) => (fits(json) ? json : unread);
}

/** Reader of texts in a format beyond a pattern, such as URLs, which are without blanks in code. */
function bySchema(schema: Schema): Reads {
  return (json) => {
    const parsed = z.core.safeParse(schema, json);
    return parsed.success ? parsed.data : unread;
  };
}

function isSameInCode(schema: Schema): boolean {
  const definition = definitionOf(schema);
  if (definition.type !== 'string') return ['number', 'boolean', 'enum', 'literal'].includes(definition.type);
  return textCheck(definition) !== undefined && checksOf(definition, textCheck) !== undefined;
}

function objectReads(definition: Definition): Reads {
  // Unknown members, which readers ignore, are left to the schema: they are rare.
  if (!hasNoChecks(definition) || definition.catchall) return leftToTheSchema;
  const members = Object.entries(definition.shape).map(([name, member]) => ({
    name,
    reads: compileReads(member),
    isOptional: definitionOf(member).type === 'optional' && hasNoChecks(definitionOf(member)),
  }));
  if (members.some(({ name }) => name in Object.prototype)) return leftToTheSchema;
  return (json) => {
    if (!isObject(json)) return unread;
    let known = 0;
    for (const { name, reads, isOptional } of members) {
      const member = json[name];
      if (member === undefined) {
        if (!isOptional) return unread;
        continue;
      }
      const read = reads(member);
      if (read === unread) return unread;
      if (read !== member) json[name] = read;
      known += 1;
    }
    let all = 0;
    for (const _ in json) all += 1;
    return all === known ? json : unread;
  };
}

function arrayReads(definition: Definition): Reads {
  const element = compileReads(definition.element);
  const checks = checksOf(definition, lengthCheck);
  if (!checks) return leftToTheSchema;
  return (json) => {
    if (!Array.isArray(json) || !allHold(checks, json.length)) return unread;
    for (let index = 0; index < json.length; index++) {
      const item: unknown = json[index];
      const read = element(item);
      if (read === unread) return unread;
      if (read !== item) json[index] = read;
    }
    return json;
  };
}

function recordReads(definition: Definition): Reads {
  if (!hasNoChecks(definition) || definitionOf(definition.keyType).type !== 'string') return leftToTheSchema;
  const [keyFits, valueReads] = [compileFits(definition.keyType), compileReads(definition.valueType)];
  return (json) => {
    if (!isObject(json)) return unread;
    for (const name in json) {
      if (name === '__proto__' || !keyFits(name)) return unread;
      const member = json[name];
      const read = valueReads(member);
      if (read === unread) return unread;
      if (read !== member) json[name] = read;
    }
    return json;
  };
}

/**
 * Reader of a union: of the one option that the discriminator names, or of values that are the same
 * in JSON and in code. Trying one option could change what the next one is to read.
 */
function unionReads(definition: Definition): Reads {
  const { discriminator, options } = definition;
  if (!hasNoChecks(definition)) return leftToTheSchema;
  if (discriminator === undefined) {
    const fits = options.map(compileFits);
    const isSame = options.every(isSameInCode);
    return isSame ? (json) => (fits.some((each) => each(json)) ? json : unread) : leftToTheSchema;
  }
  const readers = new Map<unknown, Reads>();
  for (const option of options) {
    const named = definitionOf(option).shape?.[discriminator];
    const values = named && namesOf(named);
    if (!values) return leftToTheSchema;
    const reads = compileReads(option);
    for (const value of values) readers.set(value, reads);
  }
  return (json) => (isObject(json) ? (readers.get(json[discriminator]) ?? leftToTheSchema)(json) : unread);
}

/** Values of a discriminator, with `undefined` where it may be absent; `undefined` if unknown. */
function namesOf(schema: Schema): readonly unknown[] | undefined {
  const definition = definitionOf(schema);
  if (!hasNoChecks(definition)) return undefined;
  if (definition.type === 'literal') return definition.values;
  if (definition.type === 'enum') return Object.values(definition.entries);
  const values = definition.type === 'optional' ? namesOf(definition.innerType) : undefined;
  return values && [...values, undefined];
}

function nullableReads(definition: Definition): Reads {
  if (!hasNoChecks(definition)) return leftToTheSchema;
  const inner = compileReads(definition.innerType);
  return (json) => (json === null ? null : inner(json));
}

/** Reader of a text that is transformed, such as an amount. */
function pipeReads(definition: Definition): Reads {
  const [from, to] = [definitionOf(definition.in), definitionOf(definition.out)];
  const checks = checksOf(definition, outputCheck);
  if (from.type !== 'string' || to.type !== 'transform' || !hasNoChecks(to) || !checks) return leftToTheSchema;
  if (!isSameInCode(definition.in)) return leftToTheSchema;
  const textFits = compileFits(definition.in);
  return (json) => {
    if (typeof json !== 'string' || !textFits(json)) return unread;
    const value = to.transform(json, undefined);
    return allHold(checks, value) ? value : unread;
  };
}

const isObject = (json: unknown): json is Record<string, unknown> =>
  typeof json === 'object' && json !== null && !Array.isArray(json);
