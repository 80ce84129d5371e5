import { Readable } from 'node:stream';
import { z } from 'zod';
import { HttpAnswer } from './answers.ts';

/** A column: its name, which is the field of a row, and what it holds besides text. */
interface CsvColumn<Row> {
  readonly name: keyof Row & string;
  /** A whole amount: stays a number where spreadsheets keep all of its digits. */
  readonly isAmount?: boolean;
  /** A number for programs that compute exactly: written with all of its digits. */
  readonly isDecimal?: boolean;
}

/**
 * Query of a route that answers in CSV: whether the file begins with a byte order mark, by which
 * Excel recognizes UTF-8.
 */
export const csvBom = z
  .enum(['true', 'false'])
  .default('false')
  .transform((bom) => bom === 'true')
  .meta({ description: 'of CSV: begins with a byte order mark, by which Excel recognizes UTF-8', example: 'true' });

export interface CsvOptions<Row> {
  /** File name without its extension. */
  readonly name: string;
  readonly columns: readonly CsvColumn<Row>[];
  readonly bom: boolean;
}

/**
 * Streams rows as CSV (RFC 4180, with a header, UTF-8, CRLF), page by page at the reader's speed. A
 * field that a spreadsheet would run as a formula, or an amount that it would round, is prefixed
 * with `'`.
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

function fieldOf<Row>(row: Row, { name, isAmount = false, isDecimal = false }: CsvColumn<Row>): string {
  const value: unknown = row[name];
  const text = value === undefined || value === null ? '' : String(value);
  return isDecimal && decimalNumber.test(text) ? text : csvField(text, isAmount);
}

const lineOf = (fields: readonly string[]): string => `${fields.join()}\r\n`;

/** Number of digits that every spreadsheet keeps. */
const keptDigits = 15;
const wholeNumber = /^-?(\d+)$/;
const decimalNumber = /^-?\d+(\.\d+)?$/;
/** Text that needs no quotes, whichever separator a reader uses. */
const plain = /^[\w./:+@=-]*$/;

/** A text as a CSV field. A whole amount stays a number if spreadsheets keep all of its digits. */
export function csvField(text: string, isAmount = false): string {
  const [, digits] = (isAmount && wholeNumber.exec(text)) || [];
  if (digits !== undefined) return digits.length <= keptDigits ? text : `'${text}`;
  const guarded = guardedText(text);
  return plain.test(guarded) ? guarded : `"${guarded.replaceAll('"', '""')}"`;
}

/**
 * Prefix of a formula, in every spelling that spreadsheets obey, full width included, or of
 * characters that they drop before they look.
 */
const begins = /^[\s\p{Cc}\p{Cf}"']*[=+\-@＝＋－＠﹢﹣﹦﹫−]|^[\t\r\n]/u;
/**
 * The same prefix after a character that some readers take for the end of a field or line, even in
 * quotes.
 */
const beginsWithin = /([,;|\t\r\n])([\s\p{Cc}\p{Cf}"']*)(?=[=+\-@＝＋－＠﹢﹣﹦﹫−])/gu;

function guardedText(text: string): string {
  const within = text.replace(beginsWithin, "$1$2'");
  return begins.test(text) ? `'${within}` : within;
}
