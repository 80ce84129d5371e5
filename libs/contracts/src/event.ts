import type { DomainEvent } from '@tokengrid/kernel';
import type { z } from 'zod';
import { compileFits, type Fits } from './fits.ts';
import { loosened } from './loosened.ts';

/** Turns the JSON of one version of an event into the JSON of the next. */
export type Upcast = (json: Record<string, unknown>) => Record<string, unknown>;

/** States a fact. One that carries a code keeps which one it is, so that a decision's type says what it is refused with. */
type State<Type extends string, Data> = Data extends { readonly code: string }
  ? <Code extends Data['code']>(
      data: Data & { readonly code: Code },
    ) => { readonly type: Type; readonly data: Data & { readonly code: Code } }
  : (data: Data) => { readonly type: Type; readonly data: Data };

/** An event as it is declared once: callable to state the fact, and carrying all that schemas and documents are made of. */
export type EventDeclaration<Type extends string = string, Data = unknown> = State<Type, Data> &
  DeclaredEvent<Type, Data>;

interface DeclaredEvent<Type extends string, Data> {
  readonly type: Type;
  /** One sentence: what happened. It heads the event's entry in the catalogue. */
  readonly sentence: string;
  /** Number of upcasters + 1, so that none can be forgotten. */
  readonly version: number;
  /** What writers keep to: nothing but what is declared. */
  readonly schema: z.ZodType<Data>;
  /** What readers take: the same, and fields that a later release added, which they pass over. */
  readonly readable: z.ZodType<Data>;
  /** Whether data certainly fits {@link schema} once it is bytes; where it is false, {@link encodeEvent} asks the bytes. */
  readonly fits: Fits;
  readonly upcasters: Readonly<Record<number, Upcast>>;
}

/** The fact that a declaration (or each of a union of declarations) states. */
export type EventOf<D> =
  D extends DeclaredEvent<infer Type, infer Data> ? { readonly type: Type; readonly data: Data } : never;

/** The facts that a group of declarations states: `EventsOf<typeof holdEvents>`. */
export type EventsOf<Group extends readonly unknown[]> = EventOf<Group[number]>;

/**
 * Declares an event. `schema` decodes the wire's JSON (amounts as decimal strings) into what code works with (bigint).
 * @param upcasters key n turns version n into n + 1; the event's version is their number + 1.
 * @throws RangeError when the upcasters are not numbered 1, 2, 3 …
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
  // Most programs state few of the events that they know.
  let compiled: Fits | undefined;
  const fits: Fits = (data) => (compiled ??= compileFits(schema))(data);
  const declared = { type, sentence, version: count + 1, schema, readable, fits, upcasters };
  return Object.assign(state, declared) as unknown as EventDeclaration<Type, Data>;
}

const bigintsAsStrings = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value;

/** The event's data as the bytes that are stored, hashed and published. Amounts become decimal strings. */
export function encodeData(data: unknown): Buffer {
  return Buffer.from(JSON.stringify(data, bigintsAsStrings));
}

/** Data that a decision stated and no reader of the event would take: what, and where. */
export class InvalidEvent extends Error {
  override readonly name = 'InvalidEvent';
}

/**
 * An event's data as bytes, once they were seen to be what readers will take. Most data is told to fit without a look at the bytes.
 * @throws InvalidEvent for data that the schema refuses, or that is longer than `maxBytes`
 */
export function encodeEvent(declaration: EventDeclaration, data: unknown, maxBytes = Infinity): Buffer {
  const value = encodeData(data);
  if (value.length > maxBytes)
    throw new InvalidEvent(`${declaration.type} can't be stored: ${value.length} bytes, ${maxBytes} at most`);
  if (declaration.fits(data)) return value;
  const problem = problemOf(declaration.schema.safeParse(JSON.parse(value.toString())));
  if (problem === undefined) return value;
  throw new InvalidEvent(`${declaration.type} can't be stored, for no reader would take it: ${problem}`);
}

/** An event's bytes that do not fit its declaration: what, and where. */
export class UnreadableEvent extends Error {
  override readonly name = 'UnreadableEvent';
}

/**
 * Reads an event's bytes, of this or any earlier version. Fields that are not declared are passed over: a later release may have added
 * them.
 * @throws UnreadableEvent for a later version, malformed JSON, or data that the schema refuses.
 */
export function decodeData<Type extends string, Data>(
  declaration: EventDeclaration<Type, Data>,
  version: number,
  value: Uint8Array,
): Data {
  if (version > declaration.version) {
    throw new UnreadableEvent(
      `${declaration.type}: version ${version} is later than ${declaration.version}, the last known here`,
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString());
  } catch (error) {
    throw new UnreadableEvent(`${declaration.type}: ${(error as Error).message}`, { cause: error });
  }
  for (let from = version; from < declaration.version; from++) {
    json = declaration.upcasters[from]!(json as Record<string, unknown>);
  }
  const parsed = declaration.readable.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new UnreadableEvent(`${declaration.type}: ${problemOf(parsed)}`);
}

/** What does not fit, and where; `undefined` if all does. */
function problemOf({ error }: z.ZodSafeParseResult<unknown>): string | undefined {
  return error?.issues.map((issue) => `/${issue.path.join('/')}: ${issue.message}`).join('; ');
}

/** What the operator should know before somebody outside may read a topic; in words, for docs/events.md. */
export interface TopicAccess {
  /** What an outsider reads the topic for: `accounting, audit`. */
  readonly outsideUse: string;
  /** Who may be granted the right to read it, and what that shows. */
  readonly grant: string;
}

/** All events that one service owns, by name. */
export interface Catalogue<E extends DomainEvent = DomainEvent> {
  readonly service: string;
  readonly topic: string;
  /** Undefined where no outsider reads the topic, as in tests. */
  readonly access?: TopicAccess | undefined;
  readonly events: { readonly [Type in E['type']]: EventDeclaration<Type, Extract<E, { type: Type }>['data']> };
}

/** Gathers a service's events. Its topic is `tokengrid.<service>`. */
export function catalogue<const D extends readonly { readonly type: string }[]>(
  service: string,
  declarations: D,
  access?: TopicAccess,
): Catalogue<EventOf<D[number]>> {
  // Types are looked up by names that stand in a log: without a prototype, `constructor` is as unknown as any other.
  const events = Object.assign(
    Object.create(null) as object,
    Object.fromEntries(declarations.map((declaration) => [declaration.type, declaration])),
  );
  if (Object.keys(events).length !== declarations.length)
    throw new RangeError(`${service}: an event is declared twice`);
  return { service, topic: `tokengrid.${service}`, access, events } as unknown as Catalogue<EventOf<D[number]>>;
}
