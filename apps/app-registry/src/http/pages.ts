import { z } from 'zod';

/** How many items a page has at most, as a query says it. */
const limit = z
  .string()
  .regex(/^\d{1,4}$/, 'must be a whole number from 1 to 1000')
  .transform(Number)
  .refine((items) => items >= 1 && items <= 1000, 'must be a whole number from 1 to 1000')
  .default(100)
  .meta({ description: 'items in a page, 1 to 1000', example: '100' });

const marker = 'after:';

/** What a page begins after: opaque to callers, the key of the last item to us; empty before the first. */
const cursor = z
  .string()
  .max(300)
  .transform((opaque) => Buffer.from(opaque, 'base64url').toString())
  .refine((text) => text.startsWith(marker), 'must be a nextCursor of an earlier page')
  .transform((text) => text.slice(marker.length))
  .default('')
  .meta({ description: 'the nextCursor of the page before; without it, the first page' });

/** The query of a list that is paged by a key of its items. */
export const PageQuery = z.strictObject({ limit, cursor });
export type PageQuery = z.output<typeof PageQuery>;

/**
 * A page of what was read.
 * @param rows at most `limit + 1` of them: one more than the page has tells that there is a next one
 */
export function pageOf<Row>(rows: readonly Row[], limit: number, keyOf: (row: Row) => string) {
  const data = rows.slice(0, limit);
  const last = rows.length > limit ? data.at(-1) : undefined;
  const nextCursor = last === undefined ? null : Buffer.from(marker + keyOf(last)).toString('base64url');
  return { data, nextCursor };
}
