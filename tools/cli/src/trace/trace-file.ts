import { createReadStream } from 'node:fs';
import { readTime } from '@tokengrid/contracts';
import { parse } from 'csv-parse';

/** One request of a trace: its time, and its numbers of units in and out. */
export interface TraceRow {
  /** Its line in the file, the header being 1. */
  readonly line: number;
  /** Epoch milliseconds, as in the file. */
  readonly time: number;
  readonly contextTokens: number;
  readonly generatedTokens: number;
}

/** An unreadable row, with the reason. */
interface BadRow {
  readonly line: number;
  readonly reason: string;
}

export interface Trace {
  readonly rows: readonly TraceRow[];
  readonly bad: readonly BadRow[];
}

const header = ['TIMESTAMP', 'ContextTokens', 'GeneratedTokens'];
const timestamp = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?)$/;
const count = /^(0|[1-9]\d{0,8})$/;
const mostBad = 10_000;

/**
 * Parses a trace of the form `TIMESTAMP,ContextTokens,GeneratedTokens` (times without a zone are
 * UTC), like the Azure LLM inference traces. Bad rows do not stop the others.
 * @throws Error if the file can't be read, is not CSV, or has another header
 */
export async function readTrace(path: string): Promise<Trace> {
  const rows: TraceRow[] = [];
  const bad: BadRow[] = [];
  const records = createReadStream(path).pipe(
    parse({
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      max_record_size: 10_000,
      // By default it takes the first line's end for all.
      record_delimiter: ['\r\n', '\n', '\r'],
    }),
  ) as AsyncIterable<{ record: string[]; info: { lines: number } }>;
  let first = true;
  for await (const { record, info } of records) {
    if (first) {
      first = false;
      if (record.join() !== header.join())
        throw new Error(`${path}: the header must be ${header.join()}, not ${record.join().slice(0, 100)}`);
      continue;
    }
    const row = readRow(record, info.lines);
    if ('reason' in row) bad.push(row);
    else rows.push(row);
    if (bad.length > mostBad) throw new Error(`${path}: more than ${mostBad} bad rows; is this a trace?`);
  }
  if (first) throw new Error(`${path}: the file is empty`);
  return { rows, bad };
}

function readRow(record: readonly string[], line: number): TraceRow | BadRow {
  if (record.length !== 3) return { line, reason: `has ${record.length} fields instead of 3` };
  const [time = '', context = '', generated = ''] = record;
  const [, day, clock] = timestamp.exec(time) ?? [];
  const read = readTime(`${day}T${clock}Z`);
  if ('problem' in read) return { line, reason: `TIMESTAMP is not a time: "${time.slice(0, 40)}"` };
  if (!count.test(context)) return { line, reason: `ContextTokens is not a whole number: "${context.slice(0, 40)}"` };
  if (!count.test(generated))
    return { line, reason: `GeneratedTokens is not a whole number: "${generated.slice(0, 40)}"` };
  return {
    line,
    time: read.epochMs,
    contextTokens: Number(context),
    generatedTokens: Number(generated),
  };
}

/** The same rows, moved in time so that the last one is at `end`. Gaps are divided by `speed`. */
export function endingAt(rows: readonly TraceRow[], end: number, speed = 1): TraceRow[] {
  const last = rows.reduce((latest, row) => Math.max(latest, row.time), 0);
  return rows.map((row) => ({ ...row, time: end - Math.round((last - row.time) / speed) }));
}
