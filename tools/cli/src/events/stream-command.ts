import type { Catalogue, StoredEvent } from '@tokengrid/contracts';
import { type EventLog, storedLanes, storedStream, topicPartitions } from '@tokengrid/event-store';
import { laneOf } from '@tokengrid/kernel';
import type { Command } from 'commander';
import { type Connections, findConnections, withLog, withPool } from '../connections/connections.ts';
import { cataloguesOf } from '../connections/known-services.ts';
import { Failure } from '../output/failure.ts';
import { causeText, dataText, eventJson, timeText } from './event-text.ts';
import { eventsOfLane } from './read-topic.ts';

interface StreamOptions {
  readonly service?: string;
  readonly fromTopic?: boolean;
  readonly json?: boolean;
}

/** `stream <id>`. */
export function registerStream(program: Command): void {
  program
    .command('stream')
    .description('the history of a stream (a wallet, a party, an app …) as sentences')
    .argument('<id>', 'such as wal_01jzx…')
    .option('--service <name>', 'search one service only')
    .option('--from-topic', "read the topic instead of the service's database")
    .option('--json', 'one JSON object per line, for programs')
    .action(printStream);
}

async function printStream(streamId: string, options: StreamOptions): Promise<void> {
  const connections = findConnections();
  let found = 0;
  for (const catalogue of cataloguesOf(options.service)) {
    const history = options.fromTopic
      ? await withLog(connections, (log) => historyInTopic(log, catalogue, streamId))
      : await historyInDatabase(connections, catalogue, streamId);
    if (history.length === 0) continue;
    found += history.length;
    if (options.json) for (const event of history) console.log(eventJson(event));
    else printHistory(catalogue, history);
  }
  if (found === 0) throw new Failure(`No service has a stream ${streamId}.`);
}

async function historyInDatabase(
  connections: Connections,
  { service }: Catalogue,
  streamId: string,
): Promise<readonly StoredEvent[]> {
  return withPool(connections.databaseOf(service), async (pool) => {
    const lanes = await storedLanes(pool, service);
    return lanes === undefined ? [] : storedStream(pool, { service, lanes }, streamId);
  });
}

async function historyInTopic(log: EventLog, { topic }: Catalogue, streamId: string): Promise<readonly StoredEvent[]> {
  if ((await log.partitionsOf(topic)) === undefined) return [];
  const lane = laneOf(streamId, await topicPartitions(log, topic));
  const history: StoredEvent[] = [];
  for await (const event of eventsOfLane(log, topic, lane, ({ key }) => key === streamId)) history.push(event);
  return history;
}

function printHistory({ service, events }: Catalogue, history: readonly StoredEvent[]): void {
  const [first] = history;
  console.log(`${first!.streamId} in ${service}, lane ${first!.lane}`);
  for (const event of history) {
    const sentence = events[event.type]?.sentence ?? 'Not declared in this version of the command line.';
    console.log(`#${event.revision}  ${timeText(event.time)}  ${event.type}: ${sentence}${causeText(event)}`);
    console.log(`    ${dataText(event.value)}`);
  }
}
