import { deserialize, serialize } from 'node:v8';

/**
 * A stream's state as bytes. V8 writes the names of a record's members with each record; lists of
 * like records, such as a wallet's lots, are most of a large state. So such a list is written as
 * {@link rowsOf rows}: less than half of the bytes, for Postgres to compress, write and log.
 */
export function bytesOfState(state: unknown): Buffer {
  return serialize(packed(state));
}

/** The state that {@link bytesOfState} wrote. */
export function stateOfBytes(bytes: Buffer): unknown {
  return unpacked(deserialize(bytes));
}

type Plain = Readonly<Record<string, unknown>>;

/** True for a record: a plain object, and no list, map, set or date. */
const isRecord = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

function packed(value: unknown): unknown {
  if (Array.isArray(value)) return packedList(value);
  return isRecord(value) ? withMembers(value, packed) : value;
}

function unpacked(value: unknown): unknown {
  if (Array.isArray(value)) return value[0] instanceof Set ? listOf(value) : eachOf(value, unpacked);
  return isRecord(value) ? withMembers(value, unpacked) : value;
}

/** Head of a list that is written as it is, though it begins with a set. */
const asItIs: ReadonlySet<string> = new Set();

function packedList(list: readonly unknown[]): readonly unknown[] {
  if (list[0] instanceof Set) return [asItIs, ...list];
  return (list.length > 1 && rowsOf(list)) || eachOf(list, packed);
}

/**
 * Records of the same names as one list: the set of the names, then the values of each record in
 * turn. `undefined` stands for the value of the record before.
 * @returns `undefined` for other lists
 */
function rowsOf(list: readonly unknown[]): readonly unknown[] | undefined {
  const first = list[0];
  if (!isRecord(first)) return undefined;
  const names = Object.keys(first);
  if (names.length === 0) return undefined;
  const rows: unknown[] = [new Set(names)];
  let before: Plain = {};
  for (const record of list) {
    if (!isRecord(record)) return undefined;
    let place = 0;
    for (const name in record) {
      const value = record[name];
      if (names[place++] !== name || value === undefined) return undefined;
      rows.push(Object.is(before[name], value) ? undefined : packed(value));
    }
    if (place !== names.length) return undefined;
    before = record;
  }
  return rows;
}

function listOf([names, ...values]: readonly unknown[]): readonly unknown[] {
  const ordered = [...(names as ReadonlySet<string>)];
  if (ordered.length === 0) return values;
  const list: Plain[] = [];
  for (let start = 0; start < values.length; start += ordered.length) {
    const record: Record<string, unknown> = {};
    ordered.forEach((name, place) => {
      const value = values[start + place];
      record[name] = value === undefined ? list.at(-1)![name] : unpacked(value);
    });
    list.push(record);
  }
  return list;
}

/** The list itself if no item changes. */
function eachOf(list: readonly unknown[], change: (value: unknown) => unknown): readonly unknown[] {
  let changed: unknown[] | undefined;
  for (let place = 0; place < list.length; place++) {
    const value = change(list[place]);
    if (value !== list[place]) (changed ??= [...list])[place] = value;
  }
  return changed ?? list;
}

/** The record itself if no member changes. */
function withMembers(record: Plain, change: (value: unknown) => unknown): Plain {
  let changed: Record<string, unknown> | undefined;
  for (const name in record) {
    const value = change(record[name]);
    if (value === record[name]) continue;
    (changed ??= { ...record })[name] = value;
  }
  return changed ?? record;
}
