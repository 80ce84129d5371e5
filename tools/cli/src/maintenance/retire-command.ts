import { readDay, readTime } from '@tokengrid/contracts';
import { type Retired, retireEvents } from '@tokengrid/event-store';
import type { Command } from 'commander';
import { findConnections, withLog, withMaintenancePool } from '../connections/connections.ts';
import { definitionOf } from '../connections/service-definitions.ts';
import { Failure } from '../output/failure.ts';
import { ProgressLine } from '../output/progress-line.ts';
import { stopSignal } from '../output/stop-signal.ts';
import { tableOf } from '../output/table.ts';

/** Repeats of requests are promised their first answer for so long. */
const answersKeptDays = 7;
const dayMs = 24 * 3600 * 1000;

interface RetireCommandOptions {
  readonly before: string;
  readonly force?: boolean;
}

/** `retire <service>`. */
export function registerRetire(program: Command): void {
  program
    .command('retire')
    .description('takes old events out of a database, once the topic was seen to have them')
    .argument('<service>', 'whose database')
    .requiredOption('--before <time>', 'events before this time go, such as 2026-01-31 or 2026-01-31T08:00:00Z')
    .option('--force', `go on though the time is less than ${answersKeptDays} days ago`)
    .addHelpText(
      'after',
      `
The service may run. Balances, entries, command ids and states stay. What needs the old events says so until \`restore\` has brought them back:
repeats of requests from then, receipts, the books at a time before, rebuild, and a release that folds states anew.
After this the topic is the only copy of them: see docs/runbooks/retire-events.md.`,
    )
    .action(retire);
}

async function retire(service: string, { before, force }: RetireCommandOptions): Promise<void> {
  const time = timeOf(before);
  if (!force && time > Date.now() - answersKeptDays * dayMs)
    throw new Failure(
      `Repeats of requests get their first answer for ${answersKeptDays} days, which needs their events: give an earlier time, or --force.`,
    );
  const { catalogue, kindOf } = await definitionOf(service);
  if (!kindOf) throw new Failure(`${service} does not say how its states are folded, so its events have to stay.`);
  const connections = findConnections();
  const line = new ProgressLine();
  const options = { before: time, progress: line.show, signal: stopSignal() };
  const retired = await withLog(connections, (log) =>
    withMaintenancePool(connections.databaseOf(service), (pool) =>
      retireEvents({ pool, log, catalogue, kindOf, ...options }),
    ),
  );
  line.end();
  tell(service, retired);
}

function timeOf(text: string): number {
  const read = text.length > 10 ? readTime(text) : readDay(text);
  if ('problem' in read) throw new Failure(`--before ${text} ${read.problem}.`);
  return read.epochMs;
}

function tell(service: string, { lanes, folded }: Retired): void {
  if (folded > 0) console.log(`${service}: the states of ${folded} streams were folded and stored first`);
  const rows = lanes.map(({ lane, events, first }) => [lane, events, first]);
  console.log(tableOf(['lane', 'retired', 'begins at'], rows));
}
