import type { DomainEvent } from '@tokengrid/kernel';
import type { z } from 'zod';
import { compileFits, type Fits } from './fits.ts';
import { loosened } from './loosened.ts';
import { compileReads, type Reads, unread } from './reads.ts';

/** Turns the JSON of one version of an event into the JSON of the next. */
export type Upcast = (json: Record<string, unknown>) => Record<string, unknown>;

/**
 * States a fact. An event with a code keeps it in its type, so that a decision's type has its
 * refusals.
 */
type State<Type extends string, Data> = Data extends { readonly code: string }
  ? <Code extends Data['code']>(
      data: Data & { readonly code: Code },
    ) => { readonly type: Type; readonly data: Data & { readonly code: Code } }
  : (data: Data) => { readonly type: Type; readonly data: Data };

/** Declaration of an event: callable to state the fact, and the source of schemas and documents. */
export type EventDeclaration<Type extends string = string, Data = unknown> = State<Type, Data> &
  DeclaredEvent<Type, Data>;

interface DeclaredEvent<Type extends string, Data> {
  readonly type: Type;
  /** The fact in one sentence; it heads the event's entry in the catalogue. */
  readonly sentence: string;
  /** Number of upcasters + 1, so that none can be forgotten. */
  readonly version: number;
  /** Schema for writers: declared fields only. */
  readonly schema: z.ZodType<Data>;
  /** Schema for readers: unknown fields, which a later release may have added, are ignored. */
  readonly readable: z.ZodType<Data>;
  /**
   * True if data certainly fits {@link schema} once encoded; if false, {@link encodeEvent} checks
   * the bytes.
   */
  readonly fits: Fits;
  /**
   * What {@link readable} makes of JSON, which it may change; `unread` for JSON that only the
   * schema can judge.
   */
  readonly reads: Reads;
  readonly upcasters: Readonly<Record<number, Upcast>>;
}

/** Fact of a declaration, or of each of a union of declarations. */
export type EventOf<D> =
  D extends DeclaredEvent<infer Type, infer Data> ? { readonly type: Type; readonly data: Data } : never;

/** The facts that a group of declarations states: `EventsOf<typeof holdEvents>`. */
export type EventsOf<Group extends readonly unknown[]> = EventOf<Group[number]>;

/**
 * Declares an event. `schema` decodes the wire's JSON (amounts as decimal strings) into code's
 * values (bigint).
 * @param upcasters key n turns version n into n + 1; the event's version is their number + 1.
 * @throws RangeError if the upcasters are not numbered 1, 2, 3 …
 */
export function event<const Type extends string, Data>(
  type: Type,
  sentence: string,
  schema: z.ZodType<Data>,
  upcasters: Readonly<Record<number, Upcast>> = {},
): EventDeclaration<Type, Data> {
  const count = Object.keys(upcasters).length;
  for (let version = 1; version <= count; version++) {
    if (!upcasters[version]) throw new RangeError(`${type}: the upcaster from version ${version} is missing`);
  }
  const state = (data: Data) => ({ type, data });
  const readable = loosened(schema);
  // Compiled on first use: a program states few of the events that it knows.
  let [compiledFits, compiledReads]: [Fits?, Reads?] = [];
  const fits: Fits = (data) => (compiledFits ??= compileFits(schema))(data);
  const reads: Reads = (json) => (compiledReads ??= compileReads(readable))(json);
  const declared = { type, sentence, version: count + 1, schema, readable, fits, reads, upcasters };
  return Object.assign(state, declared) as unknown as EventDeclaration<Type, Data>;
}

const bigintsAsStrings = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value;

/** The event's data as stored, hashed and published bytes. Amounts become decimal strings. */
export function encodeData(data: unknown): Buffer {
  return Buffer.from(JSON.stringify(data, bigintsAsStrings));
}

/** Data of a decision that no reader would accept, with the place and the fault. */
export class InvalidEvent extends Error {
  override readonly name = 'InvalidEvent';
}

/** Data that the event's own schema refuses. */
class UnfitEvent extends InvalidEvent {
  constructor(
    type: string,
    readonly fault: string,
  ) {
    super(`${type} can't be stored, its schema refuses it: ${fault}`);
  }
}

/**
 * The event's data as bytes, checked against what readers accept. Most data is known to fit without
 * decoding the bytes.
 * @throws InvalidEvent for data that the schema refuses, or that is longer than `maxBytes`
 */
export function encodeEvent(
  declaration: Pick<DeclaredEvent<string, unknown>, 'type' | 'fits' | 'schema'>,
  data: unknown,
  maxBytes = Infinity,
): Buffer {
  const value = encodeData(data);
  if (value.length > maxBytes)
    throw new InvalidEvent(`${declaration.type} can't be stored: ${value.length} bytes, the maximum is ${maxBytes}`);
  if (declaration.fits(data)) return value;
  const problem = problemOf(declaration.schema.safeParse(JSON.parse(value.toString())));
  if (problem === undefined) return value;
  throw new UnfitEvent(declaration.type, problem);
}

/** An event's bytes, and the data that they hold. */
export interface WrittenEvent {
  readonly value: Buffer;
  readonly data: unknown;
  /** Places of the fields that were left out; absent if there are none. */
  readonly leftOut?: string;
}

/**
 * The event's data as bytes, without the fields that this release does not know. A decision takes
 * them over from a state or a row that a newer release has stored beside this one.
 * @throws InvalidEvent as {@link encodeEvent}, for any other fault
 */
export function writeEvent(
  declaration: Pick<DeclaredEvent<string, unknown>, 'type' | 'fits' | 'schema' | 'readable'>,
  data: unknown,
  maxBytes = Infinity,
): WrittenEvent {
  try {
    return { value: encodeEvent(declaration, data, maxBytes), data };
  } catch (error) {
    if (!(error instanceof UnfitEvent)) throw error;
    const known = declaration.readable.safeParse(JSON.parse(encodeData(data).toString()));
    if (!known.success) throw error;
    const value = encodeEvent(declaration, known.data, maxBytes);
    return { value, data: known.data, leftOut: `${declaration.type}: left out: ${error.fault}` };
  }
}

/** Bytes that do not fit the event's declaration, with the place and the fault. */
export class UnreadableEvent extends Error {
  override readonly name = 'UnreadableEvent';
}

/**
 * Decodes an event's bytes, of this or any earlier version. Unknown fields are ignored: a later
 * release may have added them.
 * @throws UnreadableEvent for a later version, malformed JSON, or data that the schema refuses.
 */
export function decodeData<Type extends string, Data>(
  declaration: EventDeclaration<Type, Data>,
  version: number,
  value: Uint8Array,
): Data {
  if (version > declaration.version) {
    throw new UnreadableEvent(
      `${declaration.type}: version ${version} is unknown, the latest here is ${declaration.version}`,
    );
  }
  const read = declaration.reads(jsonOf(declaration, version, value));
  if (read !== unread) return read as Data;
  // The JSON may have been changed.
  const parsed = declaration.readable.safeParse(jsonOf(declaration, version, value));
  if (parsed.success) return parsed.data;
  throw new UnreadableEvent(`${declaration.type}: ${problemOf(parsed)}`);
}

/** JSON of an event in its latest version. @throws UnreadableEvent */
function jsonOf(
  { type, version, upcasters }: Pick<EventDeclaration, 'type' | 'version' | 'upcasters'>,
  from: number,
  value: Uint8Array,
): unknown {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString());
  } catch (error) {
    throw new UnreadableEvent(`${type}: ${(error as Error).message}`, { cause: error });
  }
  try {
    for (let at = from; at < version; at++) json = upcasters[at]!(json as Record<string, unknown>);
  } catch (error) {
    throw new UnreadableEvent(`${type}: not to be read from version ${from}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  return json;
}

/** First mismatch and its place; `undefined` if there is none. */
function problemOf({ error }: z.ZodSafeParseResult<unknown>): string | undefined {
  return error?.issues.map((issue) => `/${issue.path.join('/')}: ${issue.message}`).join('; ');
}

/** Facts for the operator about outside readers of a topic, in words, for docs/events.md. */
export interface TopicAccess {
  /** Purposes of an outside reader: `accounting, audit`. */
  readonly outsideUse: string;
  /** Readers that may be granted access, and the content shown to them. */
  readonly grant: string;
}

/** Events of one service, by name. */
export interface Catalogue<E extends DomainEvent = DomainEvent> {
  readonly service: string;
  readonly topic: string;
  /** Undefined where no outsider reads the topic, as in tests. */
  readonly access?: TopicAccess | undefined;
  /** True of a service that an installation may go without: nobody misses its topic. */
  readonly isOptional?: boolean | undefined;
  readonly events: { readonly [Type in E['type']]: EventDeclaration<Type, Extract<E, { type: Type }>['data']> };
}

/** Catalogue of a service's events. Its topic is `tokengrid.<service>`. */
export function catalogue<const D extends readonly { readonly type: string }[]>(
  service: string,
  declarations: D,
  access?: TopicAccess,
  { isOptional }: Pick<Catalogue, 'isOptional'> = {},
): Catalogue<EventOf<D[number]>> {
  // Keys come from a log: without a prototype, `constructor` is as unknown as any other name.
  const events = Object.assign(
    Object.create(null) as object,
    Object.fromEntries(declarations.map((declaration) => [declaration.type, declaration])),
  );
  if (Object.keys(events).length !== declarations.length)
    throw new RangeError(`${service}: an event is declared twice`);
  return { service, topic: `tokengrid.${service}`, access, isOptional, events } as unknown as Catalogue<
    EventOf<D[number]>
  >;
}
