import { republishService } from '@tokengrid/event-store';
import { type Command, InvalidArgumentError } from 'commander';
import { findConnections, withLog, withPool } from '../connections/connections.ts';
import { catalogueOf } from '../connections/known-services.ts';
import { ProgressLine } from '../output/progress-line.ts';
import { stopSignal } from '../output/stop-signal.ts';

/** `republish <service>`. */
export function registerRepublish(program: Command): void {
  program
    .command('republish')
    .description('fills a lost topic, or its missing end, from the database: same ids, sequences and hashes')
    .argument('<service>', 'whose topic')
    .option('--replication-factor <n>', 'of a topic that has to be created', replicas)
    .action(republish);
}

async function republish(service: string, options: { replicationFactor?: number }): Promise<void> {
  const catalogue = catalogueOf(service);
  const connections = findConnections();
  const line = new ProgressLine();
  const republished = await withLog(connections, (log) =>
    withPool(connections.databaseOf(service), (pool) =>
      republishService({
        pool,
        log,
        catalogue,
        replicationFactor: options.replicationFactor ?? connections.replicationFactor,
        progress: line.show,
        signal: stopSignal(),
      }),
    ),
  );
  line.end();
  const { created, events, eventsPerSecond } = republished;
  console.log(`${catalogue.topic}${created ? ' created' : ''}: ${events} events published, ${eventsPerSecond}/s`);
}

function replicas(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 9) throw new InvalidArgumentError('It must be 1 to 9.');
  return number;
}
