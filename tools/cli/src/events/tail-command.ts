import type { Catalogue } from '@tokengrid/contracts';
import { type KafkaLog, PartitionOutOfRange, type Tail } from '@tokengrid/event-bus';
import { LogUnavailable } from '@tokengrid/event-store';
import type { Command } from 'commander';
import { findConnections, withLog } from '../connections/connections.ts';
import { cataloguesOf } from '../connections/known-services.ts';
import { stopSignal } from '../output/stop-signal.ts';
import { eventJson, eventLine } from './event-text.ts';
import { eventIn } from './read-topic.ts';
import { registerSkip } from './skip-command.ts';

interface TailOptions {
  readonly service?: string;
  readonly fromStart?: boolean;
  readonly json?: boolean;
}

const waitMs = 500;
const retryMs = 500;
const maxBytes = 4 * 1024 * 1024;

/** `events tail`. */
export function registerEvents(program: Command): void {
  const events = program.command('events').description('the events of all services, as they are published');
  events
    .command('tail')
    .description('prints events as they come, until Ctrl-C')
    .option('--service <name>', 'of one service only')
    .option('--from-start', 'start with the first event instead of the next one')
    .option('--json', 'one JSON object per line, for programs')
    .action(tailEvents);
  registerSkip(events);
}

async function tailEvents(options: TailOptions): Promise<void> {
  const catalogues = cataloguesOf(options.service);
  const signal = stopSignal();
  // A reader that has seen enough (`| head`) closes the pipe.
  process.stdout.on('error', () => process.exit(0));
  await withLog(findConnections(), (log) =>
    Promise.all(catalogues.map((catalogue) => new TopicTail(log, catalogue, options, signal).run())).then(
      () => undefined,
    ),
  );
}

class TopicTail {
  private positions = new Map<number, number>();
  private readonly seen = new Map<number, number>();
  private tail: Tail | undefined;

  constructor(
    private readonly log: KafkaLog,
    private readonly catalogue: Catalogue,
    private readonly options: TailOptions,
    private readonly signal: AbortSignal,
  ) {}

  /** Follows the topic until the signal; waits for a missing or unreachable one. */
  async run(): Promise<void> {
    let fromStart = this.options.fromStart === true;
    while (!this.signal.aborted) {
      try {
        if (this.tail === undefined) {
          if (!(await this.begin(fromStart))) {
            // The first events of a new topic are new, too.
            fromStart = true;
            await pause();
            continue;
          }
        }
        await this.printNext();
      } catch (error) {
        if (error instanceof PartitionOutOfRange) this.positions.set(error.partition, 0);
        else if (!(error instanceof LogUnavailable)) throw error;
        await pause();
      }
    }
    this.tail?.close();
  }

  private async begin(fromStart: boolean): Promise<boolean> {
    const { topic } = this.catalogue;
    const lanes = await this.log.partitionsOf(topic);
    if (lanes === undefined) return false;
    for (let lane = 0; lane < lanes; lane++) {
      const { first, next } = await this.log.offsetsOf(topic, lane);
      this.positions.set(lane, fromStart ? first : next);
    }
    this.tail = this.log.tail(topic);
    return true;
  }

  private async printNext(): Promise<void> {
    const found = await this.tail!.next(this.positions, { maxBytes, maxWaitMs: waitMs, signal: this.signal });
    for (const [lane, records] of found) {
      for (const record of records) {
        this.positions.set(lane, record.offset + 1);
        const event = eventIn(record);
        if (!event || event.sequence <= (this.seen.get(lane) ?? 0)) continue;
        this.seen.set(lane, event.sequence);
        console.log(this.options.json ? eventJson(event) : eventLine(event));
      }
    }
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, retryMs));
}
