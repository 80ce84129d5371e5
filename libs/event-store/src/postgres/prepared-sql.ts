import type { QueryConfig } from 'pg';
import { int4Array, int8Array, numericArray, textArray } from './binary-arrays.ts';

type Encode = (values: readonly unknown[]) => Buffer | undefined;

interface Prepared {
  readonly name: string;
  /** Encoders of the parameters, by position; absent if `pg` sends text. */
  readonly encoders: readonly (Encode | undefined)[];
}

/** Prepared statements by text, the same in every connection. */
const prepared = new Map<string, Prepared>();
/**
 * Maximum number of prepared texts: a projection has a handful, and one that generates its texts
 * must not fill the server's memory.
 */
const maxPrepared = 500;

/**
 * A statement as sent: prepared, so that Postgres parses and plans it once per connection instead
 * of once per batch, and with typed arrays (`$1::text[]`) in binary form.
 */
export function preparedSql(text: string, parameters: readonly unknown[] = []): QueryConfig {
  const statement = preparedOf(text);
  if (!statement) return { text, values: [...parameters] };
  const values = parameters.map((value, at) => encoded(value, statement.encoders[at]));
  return { name: statement.name, text, values };
}

function preparedOf(text: string): Prepared | undefined {
  let statement = prepared.get(text);
  if (statement === undefined && prepared.size < maxPrepared) {
    statement = { name: `projection-${prepared.size + 1}`, encoders: encodersOf(text) };
    prepared.set(text, statement);
  }
  return statement;
}

/**
 * Encodes a parameter; `pg` handles it without an encoder, or with members that the encoder does
 * not support.
 */
function encoded(value: unknown, encode: Encode | undefined): unknown {
  return (encode && Array.isArray(value) && encode(value)) || value;
}

const areAll =
  <T>(is: (value: unknown) => value is T, encode: (values: readonly T[]) => Buffer): Encode =>
  (values) =>
    values.every(is) ? encode(values as readonly T[]) : undefined;

const isTextOrNull = (value: unknown): value is string | null => typeof value === 'string' || value === null;
const isWhole = (value: unknown): value is number => Number.isSafeInteger(value);
const isWholeInFour = (value: unknown): value is number => isWhole(value) && value === (value | 0);
const isDecimal = (value: unknown): value is string => typeof value === 'string' && /^-?\d+$/.test(value);

const encoderOf: Readonly<Record<string, Encode>> = {
  text: areAll(isTextOrNull, textArray),
  int: areAll(isWholeInFour, int4Array),
  int4: areAll(isWholeInFour, int4Array),
  bigint: areAll(isWhole, int8Array),
  int8: areAll(isWhole, int8Array),
  numeric: areAll(isDecimal, numericArray),
};

/** Encoders by position; a parameter that the text casts to two types is left to `pg`. */
function encodersOf(text: string): readonly (Encode | undefined)[] {
  const casts = Map.groupBy(text.matchAll(/\$(\d+)(?:::(\w+\[\]))?/g), ([, place]) => Number(place));
  const encoders: (Encode | undefined)[] = [];
  for (const [place, uses] of casts) {
    const types = new Set(uses.map(([, , type]) => type?.slice(0, -2)));
    const [type] = types;
    encoders[place - 1] = types.size === 1 && type !== undefined ? encoderOf[type] : undefined;
  }
  return encoders;
}
