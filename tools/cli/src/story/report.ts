import { sentenceOf } from '../output/failure.ts';

/** A part of the story, with its duration. */
export interface Timed {
  readonly name: string;
  readonly seconds: number;
}

/** A check and its result. */
export interface Check {
  readonly sentence: string;
  readonly holds: boolean;
  readonly detail: string;
}

/** Output of the story: progress, then times, checks and the table. */
export class Report {
  readonly times: Timed[] = [];
  readonly checks: Check[] = [];

  constructor(private readonly say: (line: string) => void) {}

  /** Runs a part of the story, and prints its duration or its failure. */
  async part<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    this.say(`  ${name} …`);
    const start = performance.now();
    const passed = () => (performance.now() - start) / 1000;
    let result: Result;
    try {
      result = await work();
    } catch (error) {
      this.say(`  ${name}: failed after ${passed().toFixed(1)} s: ${sentenceOf(error)}`);
      throw error;
    }
    const seconds = passed();
    this.times.push({ name, seconds });
    this.say(`  ${name}: ${seconds.toFixed(1)} s`);
    return result;
  }

  /** Prints the progress of a long part. */
  progress(line: string): void {
    this.say(`    ${line}`);
  }

  /** Checks that two amounts or counts are equal. */
  same(sentence: string, found: bigint | number | string, expected: bigint | number | string): void {
    const holds = found === expected;
    this.checks.push({ sentence, holds, detail: holds ? String(found) : `found ${found}, expected ${expected}` });
  }

  get allHold(): boolean {
    return this.checks.every(({ holds }) => holds);
  }
}

/** µAIT as AIT for people: `1,234.567891`. */
export function inAit(tokens: bigint): string {
  const sign = tokens < 0n ? '-' : '';
  const absolute = tokens < 0n ? -tokens : tokens;
  const whole = (absolute / 1_000_000n).toString().replace(/\B(?=(\d{3})+$)/g, ',');
  return `${sign}${whole}.${(absolute % 1_000_000n).toString().padStart(6, '0')}`;
}

/** Rows of columns, the last ones aligned to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
        .join('   '),
    )
    .map((line) => `  ${line}`)
    .join('\n');
}
