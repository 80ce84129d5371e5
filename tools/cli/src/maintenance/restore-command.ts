import type { LaneRestored, Restored } from '@tokengrid/event-store';
import type { Command } from 'commander';
import { type Connections, findConnections, withMaintenancePool } from '../connections/connections.ts';
import { definitionOf } from '../connections/service-definitions.ts';
import { ProgressLine } from '../output/progress-line.ts';
import { stopSignal } from '../output/stop-signal.ts';
import { digestReport } from './digest-report.ts';
import { restoreDatabase } from './restore-database.ts';
import { unreadablePersons } from './unreadable-persons.ts';
import { tellUnreadableEvents } from './unreadable-report.ts';

/** `restore <service>`. */
export function registerRestore(program: Command): void {
  program
    .command('restore')
    .description(
      'fills an empty database, or an older backup, from the topics: streams, command ids, sequences, read models',
    )
    .argument('<service>', 'whose database')
    .option('--into <url>', "another database than the service's; created if missing")
    .addHelpText(
      'after',
      `
The service may run if it was started on this database: it takes no commands in lanes that are behind their topic, and resumes once they have caught up.
Policies read the topics again from their marks in the database; command ids make repeats harmless.
identity also needs its key store (a separate database with its own backup); persons whose data it can't decrypt are listed.`,
    )
    .action(restore);
}

async function restore(service: string, { into }: { into?: string }): Promise<void> {
  const definition = await definitionOf(service);
  const connections = findConnections();
  const url = into ?? connections.databaseOf(service);
  const line = new ProgressLine();
  const restored = await restoreDatabase(connections, definition, url, { progress: line.show, signal: stopSignal() });
  line.end();
  tell(service, restored);
  tellUnreadableEvents(restored.unreadable);
  if (service === 'identity') await tellUnreadable(connections, url);
}

function tell(service: string, { lanes, events, eventsPerSecond, digests }: Restored): void {
  const read = lanes.reduce((sum, { topicSequence }) => sum + topicSequence, 0);
  console.log(`${service}: ${events} of ${read} events stored, ${eventsPerSecond}/s read and checked`);
  const behind = lanes.reduce((sum, lane) => sum + unpublished(lane), 0);
  if (behind > 0)
    console.log(
      `The database has ${behind} events more than the topic: the service publishes them, or \`tokengrid republish ${service}\`.`,
    );
  tellPassedOver(service, lanes);
  console.log(digestReport(digests));
}

/** Reports skipped records, which are no fault but have a writer. */
function tellPassedOver(service: string, lanes: readonly LaneRestored[]): void {
  const garbage = lanes.reduce((sum, lane) => sum + lane.garbage, 0);
  if (garbage === 0) return;
  console.log(`Skipped ${garbage} records that are not events of ${service}, as every reader does:`);
  for (const doubt of lanes.flatMap(({ doubts }) => doubts)) console.log(`  ${doubt}`);
}

function unpublished({ before, topicSequence }: LaneRestored): number {
  return Math.max(0, before - topicSequence);
}

async function tellUnreadable(connections: Connections, url: string): Promise<void> {
  const { erased, lost } = await withMaintenancePool(url, (identity) =>
    withMaintenancePool(connections.databaseOf('identity-keys'), (keyStore) => unreadablePersons(identity, keyStore)),
  );
  if (erased.length > 0) console.log(`Erased on request, unreadable for ever: ${erased.join(', ')}`);
  if (lost.length === 0) return;
  console.log(`The key store has no key of: ${lost.join(', ')}. Restore its own backup to read them again.`);
  process.exitCode = 1;
}
