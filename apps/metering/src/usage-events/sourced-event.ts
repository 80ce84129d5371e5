import type { SourceField } from '@tokengrid/contracts';

/** Places of app, model and units in events of one type. */
export interface SourceMapping {
  readonly app?: SourceField | null | undefined;
  readonly model?: SourceField | null | undefined;
  readonly units: readonly ({ readonly meter: string } & SourceField)[];
}

/** Mappings by type of event, for one reporter. */
export type SourceMappings = ReadonlyMap<string, SourceMapping>;

/** An event in the form in which uses are read, and the senders' places of its fields. */
export interface Sourced {
  readonly event: unknown;
  /** Place of a field as it was sent. */
  readonly placeOf: (pointer: string) => string;
}

/** Types that services of this network use themselves: their events have no mapping. */
export const reservedTypes = 'tokengrid.';

/**
 * Mapping of LiteLLM's `openmeter` callback, unless the reporter or the operator has set another
 * one: the model used directly, and its tokens.
 */
export const defaultSources: SourceMappings = new Map([
  [
    'litellm_tokens',
    {
      model: { pointer: '/data/model' },
      units: [
        { meter: 'input_tokens', pointer: '/data/prompt_tokens' },
        { meter: 'output_tokens', pointer: '/data/completion_tokens' },
      ],
    },
  ],
]);

/** Reads an event by the mapping of its type; an event without one is as it was sent. */
export function sourced(event: unknown, mappings: SourceMappings | undefined): Sourced {
  if (typeof event !== 'object' || event === null || !('type' in event)) return asSent(event);
  const mapping = typeof event.type === 'string' ? mappings?.get(event.type) : undefined;
  return mapping ? mapped(event, mapping) : asSent(event);
}

const asSent = (event: unknown): Sourced => ({ event, placeOf: (pointer) => pointer });

function mapped(event: object, { app, model, units }: SourceMapping): Sourced {
  const places = new Map([['/data/units', '/data']]);
  const take = (place: string, { pointer, value }: SourceField): unknown => {
    if (pointer === undefined) return value;
    places.set(place, pointer);
    return memberAt(event, pointer) ?? undefined;
  };
  const names = {
    app: app ? take('/data/app', app) : undefined,
    model: model ? take('/data/model', model) : undefined,
  };
  const counts = units.map(({ meter, ...field }) => [meter, asCount(take(`/data/units/${meter}`, field))] as const);
  const data = Object.fromEntries(Object.entries(names).filter(([, name]) => name !== undefined));
  const counted = Object.fromEntries(counts.filter(([, count]) => count !== undefined));
  return {
    event: { ...event, data: { ...data, units: counted } },
    placeOf: (pointer) => places.get(pointer) ?? pointer,
  };
}

/** Greatest number of which six decimals are told apart in a double. */
const mostExact = Number.MAX_SAFE_INTEGER / 1e6;

/** A fraction as the decimal text that it was sent as; counts are whole numbers or texts. */
function asCount(value: unknown): unknown {
  const isFraction = typeof value === 'number' && !Number.isInteger(value) && Math.abs(value) <= mostExact;
  return isFraction ? String(value) : value;
}

const arrayIndex = /^(0|[1-9]\d{0,8})$/;

/** Member of an event at a JSON pointer; undefined where there is none. */
export function memberAt(event: object, pointer: string): unknown {
  let member: unknown = event;
  for (const part of pointer.split('/').slice(1)) {
    if (typeof member !== 'object' || member === null) return undefined;
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    const isThere = Array.isArray(member) ? arrayIndex.test(name) : Object.hasOwn(member, name);
    member = isThere ? (member as Readonly<Record<string, unknown>>)[name] : undefined;
  }
  return member;
}
