import type { z } from 'zod';
import type { EventOf } from './event.ts';

type Schema = z.core.$ZodType;

/** Fields of zod's own definitions that are used here. */
interface Definition {
  readonly type: string;
  readonly shape: Readonly<Record<string, unknown>>;
  readonly options: readonly Schema[];
}

interface Declaration {
  readonly type: string;
  readonly schema: Schema;
}

/** Names of the members of any object of a union. */
type MemberOf<Data> = Data extends unknown ? keyof Data : never;

/** Declarations of a union whose data has a field. */
export type DeclarationWith<D, Field extends string> = D extends unknown
  ? Field extends MemberOf<EventOf<D>['data']>
    ? D
    : never
  : never;

/**
 * Events of a group whose schema has a field, required or optional. Computed, so that none can be
 * missing.
 * @throws RangeError for a schema whose fields can't be read
 */
export function eventsWith<Field extends string, const D extends readonly Declaration[]>(
  field: Field,
  declarations: D,
): readonly DeclarationWith<D[number], Field>[] {
  const found = declarations.filter(({ type, schema }) => fieldsOf(type, schema).has(field));
  return found as unknown as readonly DeclarationWith<D[number], Field>[];
}

/** Fields of an object, or of any object of a union. */
function fieldsOf(event: string, schema: Schema): ReadonlySet<string> {
  const { type, shape, options } = schema._zod.def as unknown as Definition;
  if (type === 'object') return new Set(Object.keys(shape));
  if (type === 'union') return new Set(options.flatMap((option) => [...fieldsOf(event, option)]));
  throw new RangeError(
    `${event}: a schema of the kind ${type} does not tell its fields; an event is an object or a union of objects`,
  );
}
