import { readDay, readTime } from '@tokengrid/contracts';
import { type Retired, retireEvents } from '@tokengrid/event-store';
import type { Command } from 'commander';
import { findConnections, withLog, withMaintenancePool } from '../connections/connections.ts';
import { definitionOf } from '../connections/service-definitions.ts';
import { Failure } from '../output/failure.ts';
import { ProgressLine } from '../output/progress-line.ts';
import { stopSignal } from '../output/stop-signal.ts';
import { tableOf } from '../output/table.ts';

/** Time for which repeats of requests get their first answer. */
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
    .description('deletes old events from a database, after comparing them with the topic')
    .argument('<service>', 'whose database')
    .requiredOption('--before <time>', 'delete events before this time, such as 2026-01-31 or 2026-01-31T08:00:00Z')
    .option('--force', `even if the time is less than ${answersKeptDays} days ago`)
    .addHelpText(
      'after',
      `
The service may run. Balances, entries, command ids and states stay. Operations that need the old events fail until \`restore\` has brought them back:
repeats of requests from that time, receipts, the books at an earlier time, rebuild, and a release that folds states anew.
Afterwards the topic is the only copy of these events: see docs/runbooks/retire-events.md.`,
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
  if (!kindOf) throw new Failure(`${service} does not define how its states are folded, so its events must stay.`);
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
  if (folded > 0) console.log(`${service}: folded and stored the states of ${folded} streams first`);
  const rows = lanes.map(({ lane, events, first }) => [lane, events, first]);
  console.log(tableOf(['lane', 'retired', 'begins at'], rows));
}
