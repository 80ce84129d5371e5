import { z } from 'zod';

/** How many items a page has at most, as a query says it. */
export const limit = z
  .string()
  .regex(/^\d{1,4}$/, 'must be a whole number from 1 to 1000')
  .transform(Number)
  .refine((items) => items >= 1 && items <= 1000, 'must be a whole number from 1 to 1000')
  .default(100)
  .meta({ description: 'items in a page, 1 to 1000', example: '100' });

/**
 * Where a page ended: opaque to callers, the sort key of its last item to us.
 * @param key what that is, as an array
 */
export function cursorOver<Key extends z.ZodType<readonly (string | number)[]>>(key: Key) {
  return z
    .string()
    .max(2000)
    .transform((cursor, context): z.output<Key> => {
      const parsed = key.safeParse(parsedJson(Buffer.from(cursor, 'base64url').toString()));
      if (parsed.success) return parsed.data;
      context.addIssue({ code: 'custom', message: 'must be a nextCursor of an earlier page' });
      return z.NEVER;
    })
    .optional()
    .meta({ description: 'the nextCursor of the page before; without it, the first page' });
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * A page of what was read.
 * @param rows at most `limit + 1` of them: one more than the page has tells that there is a next one
 * @param keyOf the sort key of a row
 */
export function pageOf<Row>(rows: readonly Row[], limit: number, keyOf: (row: Row) => readonly (string | number)[]) {
  const data = rows.slice(0, limit);
  const last = rows.length > limit ? data.at(-1) : undefined;
  return { data, nextCursor: last ? Buffer.from(JSON.stringify(keyOf(last))).toString('base64url') : null };
}
