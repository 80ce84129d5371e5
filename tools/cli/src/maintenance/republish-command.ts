import { republishService } from '@tokengrid/event-store';
import { type Command, InvalidArgumentError } from 'commander';
import { findConnections, withLog, withMaintenancePool } from '../connections/connections.ts';
import { catalogueOf } from '../connections/known-services.ts';
import { ProgressLine } from '../output/progress-line.ts';
import { stopSignal } from '../output/stop-signal.ts';
import { verifyAll } from './verify-all.ts';

/** `republish <service>`. */
export function registerRepublish(program: Command): void {
  program
    .command('republish')
    .description('fills a lost topic, or its missing end, from the database: same ids, sequences and hashes')
    .argument('<service>', 'whose topic')
    .option('--replication-factor <n>', 'of a topic that has to be created', replicas)
    .addHelpText(
      'after',
      `
The service may run: it takes commands on and publishes nothing meanwhile. The topic is verified afterwards.
A topic with a gap inside can't be mended by appending: delete it first, then republish.`,
    )
    .action(republish);
}

async function republish(service: string, options: { replicationFactor?: number }): Promise<void> {
  const catalogue = catalogueOf(service);
  const connections = findConnections();
  const { replicationFactor = connections.replicationFactor } = options;
  const line = new ProgressLine();
  const watched = { progress: line.show, signal: stopSignal() };
  await withLog(connections, async (log) => {
    const { created, events, eventsPerSecond } = await withMaintenancePool(connections.databaseOf(service), (pool) =>
      republishService({ pool, log, catalogue, replicationFactor, ...watched }),
    );
    line.end();
    console.log(`${catalogue.topic}${created ? ' created' : ''}: ${events} events published, ${eventsPerSecond}/s`);
    const [verified] = await verifyAll({ log, catalogues: [catalogue], connections, ...watched });
    line.end();
    const { faults } = verified!;
    console.log(faults.length === 0 ? 'The topic is complete.' : faults.map((fault) => `FAULT ${fault}`).join('\n'));
    if (faults.length > 0) process.exitCode = 1;
  });
}

function replicas(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 9) throw new InvalidArgumentError('It must be 1 to 9.');
  return number;
}
