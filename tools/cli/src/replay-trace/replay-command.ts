import { readFileSync } from 'node:fs';
import { readRunFile } from '@tokengrid/infra-local';
import { type Command, InvalidArgumentError } from 'commander';
import { stageOf } from '../story/market.ts';
import { postPrices } from '../story/story.ts';
import { readTrace } from '../trace/trace-file.ts';
import { fleetFor } from './fleet.ts';
import { replay, sourceOf } from './replay.ts';

interface Options {
  readonly requestsPerSecond: number | undefined;
  readonly speed?: number;
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('it must be a number above 0');
  return value;
}

/** `replay-trace <csv>`. */
export function registerReplayTrace(program: Command): void {
  program
    .command('replay-trace')
    .description(
      'reports a trace as usage to the running stack; each valid row is charged once, however often it is run',
    )
    .argument('<csv>', 'a file with the columns TIMESTAMP,ContextTokens,GeneratedTokens')
    .option(
      '--requests-per-second <n>',
      'a number, or max',
      (text) => (text === 'max' ? undefined : positive(text)),
      undefined,
    )
    .option('--speed <x>', 'at the times of the trace, this many times as fast', positive)
    .action(replayTrace);
}

async function replayTrace(csv: string, { requestsPerSecond, speed }: Options): Promise<void> {
  const say = (line: string) => console.error(line);
  const trace = await readTrace(csv);
  for (const { line, reason } of trace.bad) say(`${csv}:${line}: ${reason}`);
  const stage = stageOf(readRunFile());
  await postPrices(stage);
  const source = sourceOf(readFileSync(csv));
  const fleet = await fleetFor(stage, source, say);
  const result = await replay({ stage, fleet, trace, source, requestsPerSecond, speed, say });
  console.log(`rows: ${trace.rows.length} good, ${trace.bad.length} bad`);
  console.log(`accepted: ${result.accepted}, duplicates: ${result.duplicates}, rejected: ${result.rejected.length}`);
  console.log(`charged: ${result.charged} µAIT, uncollected: ${result.uncollected} µAIT`);
  const agrees = result.wrong.length === 0 && result.charged + result.uncollected === result.recomputed;
  console.log(
    `recomputed from the file: ${result.recomputed} µAIT: ${agrees ? 'equal' : `DIFFERS, first at ${result.wrong[0]}`}`,
  );
  if (!agrees || result.rejected.length > 0) process.exitCode = 1;
  if (trace.bad.length > 0) process.exitCode = 1;
}
