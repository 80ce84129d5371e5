import { type Command, InvalidArgumentError } from 'commander';
import type { Pool } from 'pg';
import { findConnections, withPool } from '../connections/connections.ts';
import { cataloguesOf } from '../connections/known-services.ts';
import { timeText } from '../events/event-text.ts';
import { stopSignal } from '../output/stop-signal.ts';
import { tableOf } from '../output/table.ts';
import { type ParkedEvent, parkedEvents, requestReplay } from './parked-events.ts';

interface ParkedOptions {
  readonly subscriber?: string;
}

interface ReplayOptions extends ParkedOptions {
  readonly timeoutSeconds: number;
}

const pollMs = 250;
const defaultTimeoutSeconds = 30;

/** `parked list` and `parked replay`. */
export function registerParked(program: Command): void {
  const parked = program.command('parked').description('events that a policy parked');
  parked
    .command('list')
    .description('which, and why')
    .argument('[service]', 'default: all services')
    .option('--subscriber <name>', 'of one policy only')
    .action(list);
  parked
    .command('replay')
    .description('retries them, and waits for the results')
    .argument('[service]', 'default: all services')
    .option('--subscriber <name>', 'of one policy only')
    .option('--timeout-seconds <n>', 'time to wait', seconds, defaultTimeoutSeconds)
    .action(replay);
}

async function list(service: string | undefined, { subscriber }: ParkedOptions): Promise<void> {
  const connections = findConnections();
  const rows: (string | number)[][] = [];
  for (const { service: each } of cataloguesOf(service)) {
    const parked = await withPool(connections.databaseOf(each), (pool) => parkedEvents(pool, subscriber));
    for (const event of parked) {
      rows.push([
        each,
        event.subscriber,
        idOf(event),
        event.type,
        event.streamId,
        timeText(event.parkedAt),
        event.reason,
      ]);
    }
  }
  if (rows.length === 0) console.log('Nothing is parked.');
  else console.log(tableOf(['service', 'policy', 'event', 'type', 'stream', 'parked at', 'reason'], rows));
}

async function replay(service: string | undefined, { subscriber, timeoutSeconds }: ReplayOptions): Promise<void> {
  const connections = findConnections();
  const signal = stopSignal();
  let requested = 0;
  for (const { service: each } of cataloguesOf(service)) {
    requested += await withPool(connections.databaseOf(each), async (pool) => {
      const count = await requestReplay(pool, subscriber);
      if (count > 0) tell(each, count, await settled(pool, subscriber, timeoutSeconds, signal));
      return count;
    });
  }
  if (requested === 0) console.log('Nothing is parked.');
}

/** Events still parked once the service has tried all requested ones, or after the time limit. */
async function settled(
  pool: Pool,
  subscriber: string | undefined,
  timeoutSeconds: number,
  signal: AbortSignal,
): Promise<readonly ParkedEvent[]> {
  const deadline = performance.now() + timeoutSeconds * 1000;
  for (;;) {
    const parked = await parkedEvents(pool, subscriber);
    signal.throwIfAborted();
    if (!parked.some(({ replayRequested }) => replayRequested) || performance.now() > deadline) return parked;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

function tell(service: string, requested: number, left: readonly ParkedEvent[]): void {
  const waiting = left.filter(({ replayRequested }) => replayRequested);
  const again = left.filter(({ replayRequested }) => !replayRequested);
  console.log(
    `${service}: ${Math.max(0, requested - left.length)} replayed, ${again.length} parked again, ${waiting.length} not tried yet`,
  );
  for (const event of again) console.log(`  ${idOf(event)} ${event.type}: ${event.reason}`);
  if (waiting.length > 0) console.log(`  Those not tried yet are retried as soon as ${service} runs.`);
  if (left.length > 0) process.exitCode = 1;
}

function idOf({ topic, lane, sequence }: ParkedEvent): string {
  return `${topic.replace('tokengrid.', '')}/${lane}/${sequence}`;
}

function seconds(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 86_400)
    throw new InvalidArgumentError('It must be 1 to 86400.');
  return number;
}
