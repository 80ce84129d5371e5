import { Readable } from 'node:stream';
import { HttpAnswer } from '@tokengrid/service';
import { type CastingContext, stringify } from 'csv-stringify/sync';
import type { EntryAnswer } from './entries.controller.ts';

const columns = [
  'entryId',
  'time',
  'type',
  'tokens',
  'balanceAfter',
  'held',
  'heldAfter',
  'debtAfter',
  'reference',
  'otherWalletId',
  'memo',
] as const satisfies readonly (keyof EntryAnswer)[];

/** A memo is another party's text: one that a spreadsheet would take for a formula gets a `'` before it. Amounts stay as they are. */
const cast = {
  string: (value: string, { column }: CastingContext) => ({ value, escape_formulas: column === 'memo' }),
};

/** A statement as CSV (RFC 4180, with a header, UTF-8), sent page by page as fast as its reader takes it. */
export function csvAnswer(name: string, pages: AsyncIterable<readonly EntryAnswer[]>): HttpAnswer {
  return new HttpAnswer(200, Readable.from(csvOf(pages)), {
    'content-type': 'text/csv; charset=utf-8; header=present',
    'content-disposition': `attachment; filename="${name}.csv"`,
  });
}

async function* csvOf(pages: AsyncIterable<readonly EntryAnswer[]>): AsyncGenerator<string> {
  yield stringify([], { columns, header: true, record_delimiter: 'windows' });
  for await (const page of pages) yield stringify([...page], { columns, cast, record_delimiter: 'windows' });
}
