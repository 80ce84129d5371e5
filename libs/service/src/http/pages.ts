import { z } from 'zod';
import { parseJsonBody } from './json-body.ts';
import { invalidArgument } from './problem.ts';

/** Entries of a page unless a client asks for another number, and at most. */
const defaultLimit = 100;
const maxLimit = 1000;
const limitExpected = `must be a whole number from 1 to ${maxLimit}`;

/** The query of a list: `?limit=&cursor=`. A list with filters extends it: `pageQuery.extend({ type: … })`. */
export const pageQuery = z.strictObject({
  limit: z
    .string()
    .regex(/^\d{1,4}$/, limitExpected)
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= maxLimit, limitExpected)
    .default(defaultLimit)
    // In a query all is text; what it says is a number.
    .meta({
      description: `Entries per page, 1 to ${maxLimit}; ${defaultLimit} by default`,
      ...{
        type: 'integer',
        minimum: 1,
        maximum: maxLimit,
        pattern: undefined,
        default: defaultLimit,
        example: defaultLimit,
      },
    }),
  cursor: z.string().max(1024).optional().meta({ description: '`nextCursor` of the page before' }),
});
export type PageQuery = z.output<typeof pageQuery>;

/** A page of a list. */
export interface Page<Entry> {
  readonly data: readonly Entry[];
  /** For the next page; `null` on the last one. */
  readonly nextCursor: string | null;
}

/** The schema of a page, for `@Responds`. */
export const pageOf = (entry: z.ZodType) => z.strictObject({ data: z.array(entry), nextCursor: z.string().nullable() });

/**
 * Cuts a page.
 * @param rows up to `limit + 1`, in the list's order: one more than the page takes, to know whether there is a next
 * @param keyOf where a row stands in that order; the next page begins after the last row's
 * @param lookedUpTo where the next page begins if this one is not full: a list that filters may look at so many rows and no more
 */
export function page<Row, Entry>(
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => unknown,
  entryOf: (row: Row) => Entry,
  lookedUpTo?: unknown,
): Page<Entry> {
  const taken = rows.slice(0, limit);
  const next = rows.length > limit ? keyOf(taken.at(-1)!) : lookedUpTo;
  return { data: taken.map(entryOf), nextCursor: next === undefined ? null : encodeCursor(next) };
}

function encodeCursor(key: unknown): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/**
 * The key in a cursor; `undefined` for the first page.
 * @throws ProblemError 400 for a cursor that this list did not give
 */
export function cursorKey<Key>(cursor: string | undefined, schema: z.ZodType<Key>): Key | undefined {
  if (cursor === undefined) return undefined;
  const parsed = schema.safeParse(keyIn(cursor));
  if (parsed.success) return parsed.data;
  const detail = 'is no cursor of this list';
  throw invalidArgument(`/cursor: ${detail}`, [{ pointer: '/cursor', detail }]);
}

/** What a cursor says; `undefined` for one that no list gives, or that says what no store takes. */
function keyIn(cursor: string): unknown {
  try {
    return parseJsonBody(Buffer.from(cursor, 'base64url'));
  } catch {
    return undefined;
  }
}
