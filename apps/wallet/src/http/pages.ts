import { z } from 'zod';

/** How many items a page has at most, as a query says it. */
const limit = z
  .string()
  .regex(/^\d{1,4}$/, 'must be a whole number from 1 to 1000')
  .transform(Number)
  .refine((items) => items >= 1 && items <= 1000, 'must be a whole number from 1 to 1000')
  .default(100)
  .meta({ description: 'items in a page, 1 to 1000', example: '100' });

/** Where a page ended: opaque to callers, a sequence to us. */
const cursor = z
  .string()
  .transform(sequenceOf)
  .refine((sequence) => Number.isSafeInteger(sequence) && sequence > 0, 'must be a nextCursor of an earlier page')
  .optional()
  .meta({ description: 'the nextCursor of the page before; without it, the first page' });

/** The query of a list that is paged by sequence. */
export const PageQuery = z.strictObject({ limit, cursor });
export type PageQuery = z.output<typeof PageQuery>;

/**
 * A page of what was read.
 * @param rows at most `limit + 1` of them: one more than the page has tells that there is a next one
 */
export function pageOf<Row extends { readonly sequence: number }>(rows: readonly Row[], limit: number) {
  const data = rows.slice(0, limit);
  const last = rows.length > limit ? data.at(-1) : undefined;
  return { data, nextCursor: last ? cursorOf(last.sequence) : null };
}

function cursorOf(sequence: number): string {
  return Buffer.from(`s${sequence}`).toString('base64url');
}

function sequenceOf(cursor: string): number {
  const [, digits] = /^s(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  return digits === undefined ? NaN : Number(digits);
}
