import type { Command } from 'commander';
import { findConnections, withLog } from '../connections/connections.ts';
import { cataloguesOf } from '../connections/known-services.ts';
import { ProgressLine } from '../output/progress-line.ts';
import { stopSignal } from '../output/stop-signal.ts';
import { tableOf } from '../output/table.ts';
import { type ServiceVerified, verifyAll } from './verify-all.ts';

/** `verify [service]`. */
export function registerVerify(program: Command): void {
  program
    .command('verify')
    .description(
      'verifies topics from the first event to the last: sequences, hashes, data and postings, and that the database agrees',
    )
    .argument('[service]', 'default: all services')
    .option('--topic-only', 'do not compare with the database')
    .action(verify);
}

async function verify(service: string | undefined, { topicOnly }: { topicOnly?: boolean }): Promise<void> {
  const connections = findConnections();
  const line = new ProgressLine();
  const verified = await withLog(connections, (log) =>
    verifyAll({
      log,
      catalogues: cataloguesOf(service),
      connections: topicOnly ? undefined : connections,
      progress: line.show,
      signal: stopSignal(),
    }),
  );
  line.end();
  console.log(tableOf(headings, verified.map(rowOf)));
  const faults = verified.flatMap((each) => each.faults);
  for (const { service, database } of verified) {
    for (const { lane, retired } of database) if (retired > 0) console.log(retiredText(service, lane, retired));
  }
  for (const { topic, lanes } of verified)
    for (const doubt of lanes.flatMap(({ doubts }) => doubts)) console.log(`passed over: ${topic}, ${doubt}`);
  for (const skipped of verified.flatMap((each) => each.skipped)) console.log(skipped);
  for (const fault of faults) console.log(`FAULT ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
}

const retiredText = (service: string, lane: number, retired: number) =>
  `${service}, lane ${lane}: the first ${retired} events are in the topic alone; restore brings them back`;

const headings = ['topic', 'lanes', 'events', 'money', 'repeats', 'garbage', 'unpublished', 'verdict'];

function rowOf({ topic, lanes, database, faults }: ServiceVerified): (string | number)[] {
  const sum = <T>(items: readonly T[], of: (item: T) => number) => items.reduce((total, item) => total + of(item), 0);
  return [
    topic,
    lanes.length,
    sum(lanes, ({ events }) => events),
    sum(lanes, ({ moneyEvents }) => moneyEvents),
    sum(lanes, ({ repeats }) => repeats),
    sum(lanes, ({ garbage }) => garbage),
    database.length > 0 ? sum(database, ({ unpublished }) => unpublished) : '-',
    faults.length === 0 ? 'whole' : 'FAULT',
  ];
}
