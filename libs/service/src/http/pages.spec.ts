import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { cursorKey, page, pageQuery } from './pages.ts';
import { ProblemError } from './problem.ts';

const numbers = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);
const key = z.tuple([z.int()]);

describe('pages', () => {
  it('lead through a list from cursor to cursor, each entry once', () => {
    const list = numbers(1, 25);
    const seen: number[] = [];
    let cursor: string | undefined;
    do {
      const after = cursorKey(cursor, key)?.[0] ?? 0;
      const rows = list.filter((entry) => entry > after).slice(0, 11);
      const { data, nextCursor } = page(
        rows,
        10,
        (row) => [row],
        (row) => row,
      );
      seen.push(...data);
      cursor = nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(list);
  });

  it('have no next cursor when the list ends with the page', () => {
    expect(
      page(
        numbers(1, 10),
        10,
        (row) => [row],
        (row) => row,
      ).nextCursor,
    ).toBeNull();
  });

  it.each(['', 'x', '!!', 'bnVsbA', Buffer.from('["a"]').toString('base64url')])('refuse the cursor %j', (cursor) => {
    expect(() => cursorKey(cursor, key)).toThrow(ProblemError);
  });

  it('refuse a cursor with what no store takes', () => {
    const cursor = Buffer.from('"a\\u0000"').toString('base64url');
    expect(() => cursorKey(cursor, z.string())).toThrow(ProblemError);
  });

  it('take 100 entries unless asked for 1 to 1000', () => {
    expect(pageQuery.parse({})).toEqual({ limit: 100 });
    expect(pageQuery.parse({ limit: '1000', cursor: 'x' })).toEqual({ limit: 1000, cursor: 'x' });
    for (const limit of ['0', '1001', '-1', '1.5', '1e2', '', 'ten']) {
      expect(pageQuery.safeParse({ limit }).success).toBe(false);
    }
  });
});
