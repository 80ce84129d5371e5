import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readRunFile } from '@tokengrid/infra-local';
import type { Command } from 'commander';
import { type Connections, findConnections, withLog } from '../connections/connections.ts';
import { cataloguesOf } from '../connections/known-services.ts';
import { digestText } from '../maintenance/digest-report.ts';
import { restoreBeside } from '../maintenance/restore-database.ts';
import { verifyAll } from '../maintenance/verify-all.ts';
import { tellStory } from './story.ts';

/** `src` and `dist` lie equally deep. */
const repository = new URL('../../../../', import.meta.url);
/** The real trace, if it lies beside the repository; else a made-up sample of the same form. */
const traces = ['../shared/data/azure-llm-conv-2023.csv', 'tools/cli/samples/trace.csv'];

function someTrace(): string {
  const found = traces.map((path) => fileURLToPath(new URL(path, repository))).find((path) => existsSync(path));
  if (found === undefined) throw new Error(`missing file: ${traces.join(', ')}`);
  return found;
}

/** `story [csv]`. */
export function registerStory(program: Command): void {
  program
    .command('story')
    .description('demonstrates Tokengrid on the running stack, from buying tokens to payouts, and checks every amount')
    .argument(
      '[csv]',
      `a trace with the columns TIMESTAMP,ContextTokens,GeneratedTokens (default: ${traces.join(', else ')})`,
    )
    .option('--restore <service>', 'service to restore from Kafka alone', 'metering')
    .action(story);
}

async function story(csv: string | undefined, options: { readonly restore: string }): Promise<void> {
  const connections = findConnections();
  const holds = await tellStory({
    run: readRunFile(),
    trace: csv ?? someTrace(),
    say: (line) => console.log(line),
    verify: () => verify(connections),
    restore: async () => {
      const { service, events, live, restored } = await restoreBeside(connections, options.restore);
      return { service, events, live: digestText(live), restored: digestText(restored) };
    },
  });
  if (!holds) process.exitCode = 1;
}

async function verify(connections: Connections) {
  const verified = await withLog(connections, (log) =>
    verifyAll({ log, catalogues: cataloguesOf(undefined), connections }),
  );
  const events = new Map(
    verified.map(({ topic, lanes }) => [topic, lanes.reduce((sum, lane) => sum + lane.events, 0)]),
  );
  return { events, faults: verified.flatMap(({ faults }) => faults) };
}
