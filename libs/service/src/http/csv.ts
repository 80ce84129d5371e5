import { Readable } from 'node:stream';
import { z } from 'zod';
import { HttpAnswer } from './answers.ts';

/** A column: its name, which is the field's in a row, and whether it is an amount, which stays a number. */
export interface CsvColumn<Row> {
  readonly name: keyof Row & string;
  readonly isAmount?: boolean;
}

/** The query of a route that answers in CSV: whether that begins with a byte order mark, by which Excel tells UTF-8. */
export const csvBom = z
  .enum(['true', 'false'])
  .default('false')
  .transform((bom) => bom === 'true')
  .meta({ description: 'of CSV: begins with a byte order mark, by which Excel tells UTF-8', example: 'true' });

export interface CsvOptions<Row> {
  /** The file's name, without its ending. */
  readonly name: string;
  readonly columns: readonly CsvColumn<Row>[];
  readonly bom: boolean;
}

/**
 * Rows as CSV (RFC 4180, with a header, UTF-8, lines that end in CRLF), sent page by page as fast as its reader takes it. What a
 * spreadsheet would take for a formula, and an amount that it would round, gets a `'` before it.
 */
export function csvAnswer<Row>(options: CsvOptions<Row>, pages: AsyncIterable<readonly Row[]>): HttpAnswer {
  return new HttpAnswer(200, Readable.from(csvOf(options, pages)), {
    'content-type': 'text/csv; charset=utf-8; header=present',
    'content-disposition': `attachment; filename="${options.name}.csv"`,
  });
}

async function* csvOf<Row>({ columns, bom }: CsvOptions<Row>, pages: AsyncIterable<readonly Row[]>) {
  yield `${bom ? '\ufeff' : ''}${lineOf(columns.map(({ name }) => name))}`;
  for await (const rows of pages) {
    if (rows.length > 0) yield rows.map((row) => lineOf(columns.map((column) => fieldOf(row, column)))).join('');
  }
}

function fieldOf<Row>(row: Row, { name, isAmount = false }: CsvColumn<Row>): string {
  const value: unknown = row[name];
  const text = value === undefined || value === null ? '' : String(value);
  return csvField(text, isAmount);
}

const lineOf = (fields: readonly string[]): string => `${fields.join()}\r\n`;

/** Digits of a number that every spreadsheet keeps. */
const keptDigits = 15;
const wholeNumber = /^-?(\d+)$/;
/** What needs no quotes, in whatever way a reader separates fields. */
const plain = /^[\w./:+@=-]*$/;

/** A text as a field of CSV. An amount that is a whole number stays one as long as spreadsheets keep all of its digits. */
export function csvField(text: string, isAmount = false): string {
  const [, digits] = (isAmount && wholeNumber.exec(text)) || [];
  if (digits !== undefined) return digits.length <= keptDigits ? text : `'${text}`;
  const guarded = guardedText(text);
  return plain.test(guarded) ? guarded : `"${guarded.replaceAll('"', '""')}"`;
}

/** Begins a formula: in the writings that spreadsheets obey, those of full width too; or is dropped by them before they look. */
const begins = /^[\s\p{Cc}\p{Cf}"']*[=+\-@＝＋－＠﹢﹣﹦﹫−]|^[\t\r\n]/u;
/** The same after what some readers take for the end of a field or a line, though it is in quotes. */
const beginsWithin = /([,;|\t\r\n])([\s\p{Cc}\p{Cf}"']*)(?=[=+\-@＝＋－＠﹢﹣﹦﹫−])/gu;

function guardedText(text: string): string {
  const within = text.replace(beginsWithin, "$1$2'");
  return begins.test(text) ? `'${within}` : within;
}
