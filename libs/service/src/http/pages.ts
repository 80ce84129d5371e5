import { z } from 'zod';
import { parseJsonBody } from './json-body.ts';
import { invalidArgument, type ProblemError } from './problem.ts';

/** Default and maximum number of entries of a page. */
const defaultLimit = 100;
const maxLimit = 1000;
const limitExpected = `must be a whole number from 1 to ${maxLimit}`;

/**
 * Query of a list: `?limit=&cursor=`. A list with filters extends it: `pageQuery.extend({ type: …
 * })`.
 */
export const pageQuery = z.strictObject({
  limit: z
    .string()
    .regex(/^\d{1,4}$/, limitExpected)
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= maxLimit, limitExpected)
    .default(defaultLimit)
    // A query has only text; this text stands for a number.
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
  cursor: z.string().max(1024).optional().meta({ description: '`nextCursor` of the previous page' }),
});
export type PageQuery = z.output<typeof pageQuery>;

/** A page of a list. */
export interface Page<Entry> {
  readonly data: readonly Entry[];
  /** Cursor of the next page; `null` on the last one. */
  readonly nextCursor: string | null;
}

/** Schema of a page, for `@Responds`. */
export const pageOf = (entry: z.ZodType) => z.strictObject({ data: z.array(entry), nextCursor: z.string().nullable() });

/**
 * Cuts a page.
 * @param rows up to `limit + 1` rows in the list's order: one more than the page holds tells
 * whether there is a next page
 * @param keyOf position of a row in that order; the next page begins after the last row
 * @param lookedUpTo start of the next page if this one is not full: a filtered list examines a
 * bounded number of rows
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
 * Key of a cursor; `undefined` for the first page. That the list issued it was checked before, see
 * `openCursor`; an earlier release may have.
 * @throws ProblemError 400 for a key of another form
 */
export function cursorKey<Key>(cursor: string | undefined, schema: z.ZodType<Key>): Key | undefined {
  if (cursor === undefined) return undefined;
  const parsed = schema.safeParse(keyIn(cursor));
  if (parsed.success) return parsed.data;
  throw foreignCursor();
}

/** 400 for a cursor that the list did not issue. */
export function foreignCursor(): ProblemError {
  const detail = 'not a cursor of this list';
  return invalidArgument(`/cursor: ${detail}`, [{ pointer: '/cursor', detail }]);
}

/** Content of a cursor; `undefined` for one that no list issued, or whose text no store keeps. */
function keyIn(cursor: string): unknown {
  try {
    return parseJsonBody(Buffer.from(cursor, 'base64url'));
  } catch {
    return undefined;
  }
}
