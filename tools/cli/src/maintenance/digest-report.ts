import type { TableDigest } from '@tokengrid/event-store';
import { tableOf } from '../output/table.ts';

/** Digests as a table; compared with earlier ones, if any. */
export function digestReport(after: readonly TableDigest[], before: readonly TableDigest[] = []): string {
  const earlier = new Map(before.map((each) => [each.table, each]));
  if (before.length === 0) {
    return tableOf(
      ['table', 'rows', 'digest'],
      after.map(({ table, rows, digest }) => [table, rows, digest]),
    );
  }
  return tableOf(
    ['table', 'rows', 'digest', 'compared'],
    after.map(({ table, rows, digest }) => {
      const was = earlier.get(table);
      return [
        table,
        rows,
        digest,
        was?.digest === digest ? 'same' : `was ${was?.digest ?? 'not there'} (${was?.rows ?? 0} rows)`,
      ];
    }),
  );
}

/** One digest of several tables, for comparing two databases in a word. */
export function digestText(digests: readonly TableDigest[]): string {
  return digests.map(({ table, rows, digest }) => `${table}:${rows}:${digest}`).join(' ');
}
