import { createWriteStream, type WriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { readRunFile } from '@tokengrid/infra-local';
import { csvField } from '@tokengrid/service';
import type { Command } from 'commander';
import { Failure } from '../output/failure.ts';
import { ProgressLine } from '../output/progress-line.ts';
import { stopSignal } from '../output/stop-signal.ts';
import { ApiClient } from '../trace/api-client.ts';
import { type Identity, importSubscribers } from './import-subscribers.ts';
import { subscribersIn } from './subscribers-file.ts';

interface Options {
  readonly check?: true;
  readonly refused?: string;
  readonly registered?: string;
}

/** `subscribers import <csv>`. */
export function registerSubscribers(program: Command): void {
  const subscribers = program.command('subscribers').description("the operator's subscribers");
  subscribers
    .command('import')
    .description('registers the subscribers of a file; run again on the same file, it changes nothing')
    .argument('<csv>', 'a file in UTF-8 with the columns msisdn,name in its first line')
    .option('--check', 'only read the file, and send nothing')
    .option('--refused <file>', 'report of refused lines, CSV; default: <csv>.refused.csv')
    .option('--registered <file>', 'write the id of each registered line, CSV')
    .addHelpText('after', help)
    .action(importFile);
}

const help = `
The file is read twice: nothing of it is sent if it is no CSV, is not UTF-8, or has a line of more than 10,000 bytes.
A refused line (a bad number, a number that is taken, or that of one of the million lines before it) does not stop the
others; the report has its line number, code and reason. Subscribers get no API keys. After a stop (Ctrl-C) or a failure,
run it again: lines that are registered stay so, and keep their ids.

Exit code 1 if lines were refused.

Environment:
  TOKENGRID_API_KEY  an API key of the operator (default: that of the running stack)
  IDENTITY_URL       address of identity (default: that of the running stack)`;

async function importFile(
  path: string,
  { check, refused = `${path}.refused.csv`, registered }: Options,
): Promise<void> {
  const progress = new ProgressLine();
  const { lines, bad } = await checked(path, progress);
  if (check) {
    console.log(`lines: ${lines}, of which ${bad} can't be sent`);
    if (bad > 0) process.exitCode = 1;
    return;
  }
  const signal = stopSignal();
  const reports = await Report.openAll([
    [refused, ['line', 'code', 'reason']],
    ...(registered === undefined ? [] : [[registered, ['line', 'subscriberId']] as const]),
  ]);
  const counts = { registered: 0, refused: 0 };
  try {
    for await (const outcome of importSubscribers(findIdentity(), subscribersIn(path), signal)) {
      if ('subscriberId' in outcome) {
        counts.registered += 1;
        await reports[1]?.write([String(outcome.line), outcome.subscriberId]);
      } else {
        counts.refused += 1;
        await reports[0]!.write([String(outcome.line), outcome.code, outcome.reason]);
      }
      progress.show({ step: 'registering lines', done: counts.registered + counts.refused, total: lines });
    }
  } finally {
    progress.end();
    for (const report of reports) await report.close();
    console.log(`registered: ${counts.registered}, refused: ${counts.refused}`);
  }
  if (counts.refused === 0) return;
  console.log(`refused lines: ${refused}`);
  process.exitCode = 1;
}

/** Numbers of the file's lines. @throws Failure if it is no file of subscribers */
async function checked(
  path: string,
  progress: ProgressLine,
): Promise<{ readonly lines: number; readonly bad: number }> {
  const { size } = await stat(path).catch((error: Error) => {
    throw new Failure(`${path} can't be read: ${error.message}.`, { cause: error });
  });
  let [lines, bad, bytes] = [0, 0, 0];
  try {
    for await (const line of subscribersIn(path, (read) => (bytes = read))) {
      lines += 1;
      if ('reason' in line) bad += 1;
      progress.show({ step: 'checking bytes', done: bytes, total: size });
    }
  } finally {
    progress.end();
  }
  return { lines, bad };
}

function findIdentity(): Identity {
  const { TOKENGRID_API_KEY: key, IDENTITY_URL: url } = process.env;
  if (key && url) return { client: new ApiClient(url), key };
  const run = readRunFile();
  const address = url ?? run.services['identity'];
  if (!address)
    throw new Failure('Identity is not running: start the stack, or set IDENTITY_URL and TOKENGRID_API_KEY.');
  return { client: new ApiClient(address), key: key ?? run.operatorApiKey };
}

/** A report as CSV, which a run writes anew. */
class Report {
  private constructor(private readonly stream: WriteStream) {}

  /** @throws Failure if one of them can't be written */
  static async openAll(reports: readonly (readonly [string, readonly string[]])[]): Promise<readonly Report[]> {
    return Promise.all(
      reports.map(async ([path, header]) => {
        const stream = createWriteStream(path, { mode: 0o600 });
        await once(stream, 'open').catch((error: Error) => {
          throw new Failure(`${path} can't be written: ${error.message}.`, { cause: error });
        });
        const report = new Report(stream);
        await report.write(header);
        return report;
      }),
    );
  }

  async write(fields: readonly string[]): Promise<void> {
    if (!this.stream.write(`${fields.map((field) => csvField(field)).join()}\r\n`)) await once(this.stream, 'drain');
  }

  async close(): Promise<void> {
    this.stream.end();
    await finished(this.stream);
  }
}
