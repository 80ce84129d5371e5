import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { quantilesOf, type Reached } from '../latencies.ts';

const howToInstall = `pgbench is not here: the floor can't be measured without it.
  Debian, Ubuntu   apt-get install postgresql-contrib (or postgresql), which puts it in /usr/lib/postgresql/<version>/bin
  macOS            brew install libpq, and put its bin folder in PATH`;

/** pgbench, in PATH or at Debian's place. @throws Error with installation instructions */
export async function findPgbench(): Promise<string> {
  const versions = await readdir('/usr/lib/postgresql').catch(() => []);
  const candidates = [
    'pgbench',
    ...versions
      .sort()
      .reverse()
      .map((version) => `/usr/lib/postgresql/${version}/bin/pgbench`),
  ];
  for (const candidate of candidates) {
    if ((await run(candidate, ['--version']).catch(() => undefined)) !== undefined) return candidate;
  }
  throw new Error(howToInstall);
}

function run(file: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${file} ended with ${code}:\n${output}`));
    });
  });
}

export interface PgbenchRun {
  readonly pgbench: string;
  readonly url: string;
  readonly clients: number;
  readonly seconds: number;
  readonly script: string;
  /** Folder of its script and log. */
  readonly home: string;
}

/**
 * Runs a script with pgbench and prepared statements. The first sixth of the time warms up and does
 * not count.
 */
export async function runPgbench({ pgbench, url, clients, seconds, script, home }: PgbenchRun): Promise<Reached> {
  const folder = await mkdtemp(join(home, 'pgbench-'));
  try {
    const file = join(folder, 'script.sql');
    await writeFile(file, script);
    const threads = Math.min(clients, 2);
    const wholeSeconds = Math.ceil(seconds * 1.2);
    const options = ['-n', '-M', 'prepared', '-c', `${clients}`, '-j', `${threads}`, '-T', `${wholeSeconds}`];
    await run(pgbench, [...options, '-f', file, '-l', `--log-prefix=${join(folder, 'log')}`, url]);
    return await readLogs(folder, seconds);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Parses a line per transaction: client, number, duration in microseconds, script, and end time as
 * seconds and microseconds.
 */
async function readLogs(folder: string, seconds: number): Promise<Reached> {
  const logs = (await readdir(folder)).filter((name) => name.startsWith('log.'));
  const texts = await Promise.all(logs.map((name) => readFile(join(folder, name), 'utf8')));
  const transactions = texts.flatMap((text) => text.trim().split('\n')).map((line) => line.split(' ').map(Number));
  const endOf = ([, , , , second = 0, microsecond = 0]: readonly number[]) => second + microsecond / 1e6;
  let last = 0;
  for (const transaction of transactions) last = Math.max(last, endOf(transaction));
  const milliseconds = transactions
    .filter((transaction) => endOf(transaction) > last - seconds)
    .map(([, , microseconds = 0]) => microseconds / 1000);
  const count = milliseconds.length;
  return { ...quantilesOf(milliseconds), count, perSecond: count / seconds };
}
