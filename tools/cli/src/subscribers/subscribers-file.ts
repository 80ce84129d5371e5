import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { Failure } from '../output/failure.ts';

/** A subscriber of a file. */
export interface FileSubscriber {
  /** Last line of the record, the header being 1. */
  readonly line: number;
  readonly msisdn: string;
  readonly name: string;
}

/** A line that can't be sent. */
export interface BadLine {
  readonly line: number;
  readonly reason: string;
}

const columns = ['msisdn', 'name'];
/** Maximum length of a line, and of a record, in bytes. */
const mostBytes = 10_000;
/** Maximum number of remembered numbers, by which repeated ones are told. */
const mostRemembered = 1_000_000;

/**
 * Subscribers of a CSV file (RFC 4180, UTF-8) with the columns `msisdn` and `name`, in whatever
 * order. A bad line does not stop the others.
 * @param read called with the number of bytes read
 * @throws Failure, with the line, if the file can't be read or is no such file
 */
export async function* subscribersIn(
  path: string,
  read: (bytes: number) => void = () => undefined,
): AsyncGenerator<FileSubscriber | BadLine> {
  const records = parse({
    ...{ bom: true, info: true, relax_column_count: true, skip_empty_lines: true },
    ...{ max_record_size: mostBytes, record_delimiter: ['\r\n', '\n'] },
  });
  const file = createReadStream(path);
  file.on('data', () => read(file.bytesRead));
  const reading = pipeline(file, checkedLines(path), records);
  // A failure is told by the records, too.
  reading.catch(() => undefined);
  try {
    yield* subscribersOf(path, records as AsyncIterable<Parsed>);
  } catch (error) {
    throw failureOf(path, error);
  } finally {
    file.destroy();
  }
}

interface Parsed {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

async function* subscribersOf(path: string, records: AsyncIterable<Parsed>): AsyncGenerator<FileSubscriber | BadLine> {
  const numbers = new Numbers();
  let places: { readonly msisdn: number; readonly name: number } | undefined;
  for await (const { record, info } of records) {
    if (!places) {
      places = placesIn(path, record);
      continue;
    }
    const line = info.lines;
    if (record.length !== columns.length) {
      yield { line, reason: `has ${record.length} fields instead of ${columns.length}` };
      continue;
    }
    const [msisdn, name] = [record[places.msisdn]!.trim(), record[places.name]!];
    const before = numbers.add(msisdn, line);
    if (before === undefined) yield { line, msisdn, name };
    else yield { line, reason: `has the same number as line ${before}` };
  }
  if (!places) throw new Failure(`${path} is empty: its first line has to be ${columns.join()}.`);
}

function placesIn(path: string, header: readonly string[]) {
  const found = header.map((column) => column.trim().toLowerCase());
  const asked = `its first line has to name the columns ${columns.join(' and ')}`;
  const missing = columns.filter((column) => !found.includes(column));
  if (missing.length > 0)
    throw new Failure(`${path}:1: the column ${missing.join(' and ')} is missing; ${asked}, separated by a comma.`);
  const other = found.find((column, index) => !columns.includes(column) || found.indexOf(column) !== index);
  if (other !== undefined)
    throw new Failure(`${path}:1: unknown or repeated column "${shown(other)}"; ${asked} alone.`);
  return { msisdn: found.indexOf('msisdn'), name: found.indexOf('name') };
}

/** Numbers of the last lines. */
class Numbers {
  private readonly lines = new Map<string, number>();

  /** @returns the line that has the same number; `undefined` if none is remembered */
  add(msisdn: string, line: number): number | undefined {
    const before = this.lines.get(msisdn);
    if (before !== undefined) return before;
    this.lines.set(msisdn, line);
    if (this.lines.size > mostRemembered) this.lines.delete(this.lines.keys().next().value!);
    return undefined;
  }
}

/** Passes on whole lines that are UTF-8, and bounded: a parser would replace other bytes. */
function checkedLines(path: string): Transform {
  let rest: Buffer = Buffer.alloc(0);
  let line = 1;
  const check = (bytes: Buffer) => {
    for (let start = 0; start < bytes.length; line++) {
      const found = bytes.indexOf(newline, start);
      const end = found === -1 ? bytes.length : found + 1;
      if (end - start > mostBytes) throw new Failure(`${path}:${line}: the line has more than ${mostBytes} bytes.`);
      if (!isUtf8(bytes.subarray(start, end))) throw new Failure(`${path}:${line}: ${encodingFault(bytes, line)}.`);
      start = end;
    }
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const end = bytes.lastIndexOf(newline) + 1;
      try {
        check(bytes.subarray(0, end));
        rest = bytes.subarray(end);
        if (rest.length > mostBytes) check(rest);
        done(null, bytes.subarray(0, end));
      } catch (error) {
        done(error as Error);
      }
    },
    flush(done) {
      try {
        check(rest);
        done(null, rest);
      } catch (error) {
        done(error as Error);
      }
    },
  });
}

const newline = 0x0a;

function encodingFault(bytes: Buffer, line: number): string {
  const isUtf16 = line === 1 && (bytes[0] === 0xff || bytes[0] === 0xfe);
  return `the file is ${isUtf16 ? 'UTF-16' : 'not UTF-8'}; convert it, for example with \`iconv -f ${isUtf16 ? 'UTF-16' : 'GB18030'} -t UTF-8\``;
}

function failureOf(path: string, error: unknown): unknown {
  if (error instanceof Failure) return error;
  const { code, lines, message } = error as CsvError & { readonly lines?: number };
  if (error instanceof CsvError) return new Failure(`${path}:${lines ?? '?'}: is no CSV (${code}): ${shown(message)}.`);
  return new Failure(`${path} can't be read: ${message}.`, { cause: error });
}

const shown = (text: string): string => text.slice(0, 200);
