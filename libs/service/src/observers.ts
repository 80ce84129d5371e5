import type { SubscriberObserver } from '@tokengrid/event-bus';
import type { ComparedClockOptions, StoreObserver } from '@tokengrid/event-store';
import { eventId } from '@tokengrid/contracts';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { Counter, Gauge, Histogram } from 'prom-client';
import { seldom } from './log/seldom.ts';

const repeatedErrorMs = 5000;
const batchBuckets = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000];
const secondsBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** Logs and metrics of an event store. */
export function storeObserver(log: Logger, registry: Registry): StoreObserver {
  const registers = [registry];
  const commands = new Counter({ name: 'commands_total', help: 'commands accepted, repeats included', registers });
  const repeats = new Counter({ name: 'commands_repeated_total', help: 'commands that were repeats', registers });
  const batches = new Histogram({
    name: 'lane_batch_commands',
    help: 'commands per transaction',
    buckets: batchBuckets,
    registers,
  });
  const commits = new Histogram({
    name: 'lane_batch_seconds',
    help: 'time per transaction',
    buckets: secondsBuckets,
    registers,
  });
  const published = new Counter({ name: 'events_published_total', help: 'events in both stores', registers });
  const appends = new Histogram({
    name: 'log_append_seconds',
    help: 'time per append to the log',
    buckets: secondsBuckets,
    registers,
  });
  const lanesAhead = new Gauge({
    name: 'lane_ahead_seconds',
    help: "offset of a lane's time ahead of Postgres' clock",
    labelNames: ['lane'] as const,
    registers,
  });
  const tellSeldom = seldom(repeatedErrorMs);
  return {
    ahead: (lane, milliseconds) => lanesAhead.set({ lane }, milliseconds / 1000),
    committed: (batch) => {
      commands.inc(batch.commands);
      repeats.inc(batch.repeats);
      batches.observe(batch.commands);
      commits.observe(batch.milliseconds / 1000);
    },
    appended: (_lane, events, milliseconds) => {
      published.inc(events);
      appends.observe(milliseconds / 1000);
    },
    troubled: (lane, trouble) => {
      if (trouble) log.error({ lane, ...trouble }, `lane ${lane}: ${trouble.reason}`);
      else log.info({ lane }, `lane ${lane} has recovered`);
    },
    unreadable: (streamId, failure) => {
      if (!failure) log.info({ streamId }, `stream ${streamId} can be read again`);
      else tellSeldom(failure.message, () => log.error({ err: failure, streamId }, `stream ${failure.message}`));
    },
    ...eventObserver(log, registers, tellSeldom),
    failed: (error) => tellSeldom(messageOf(error), () => log.warn({ err: error }, 'the event store will retry')),
  };
}

/** Logs and metrics of events that do not fit their schema. */
function eventObserver(
  log: Logger,
  registers: Registry[],
  tellSeldom: ReturnType<typeof seldom>,
): Pick<StoreObserver, 'invalid' | 'trimmed'> {
  const invalid = new Counter({
    name: 'events_invalid_total',
    help: 'events that their schema refused, and that were not stored',
    registers,
  });
  const trimmed = new Counter({
    name: 'events_trimmed_total',
    help: 'events stored without fields that only a newer release knows',
    registers,
  });
  return {
    invalid: (streamId, error) => {
      invalid.inc();
      log.error({ err: error, streamId }, `a command to ${streamId} failed: ${error.message}`);
    },
    trimmed: (streamId, leftOut) => {
      trimmed.inc();
      tellSeldom(leftOut, () => log.warn({ streamId }, `an event of ${streamId} is stored in part: ${leftOut}`));
    },
  };
}

/** Logs and metrics of the offset between the process' own clock and Postgres'. */
export function clockObserver(log: Logger, registry: Registry): Pick<ComparedClockOptions, 'compared' | 'changed'> {
  const skew = new Gauge({
    name: 'clock_skew_seconds',
    help: "offset of this process' clock ahead of Postgres'",
    registers: [registry],
  });
  return {
    compared: (skewMs) => skew.set(skewMs / 1000),
    changed: (trouble) => {
      if (trouble === undefined) log.info('the clock of this process is correct again: commands are served');
      else log.error(trouble);
    },
  };
}

/** Logs and metrics of subscribers. */
export function subscriberObserver(log: Logger, registry: Registry): SubscriberObserver {
  const registers = [registry];
  const labelNames = ['subscriber'] as const;
  const applied = new Counter({
    name: 'events_applied_total',
    help: 'events applied by a subscriber',
    labelNames,
    registers,
  });
  const parked = new Counter({
    name: 'events_parked_total',
    help: 'events parked by a policy',
    labelNames,
    registers,
  });
  const unknown = new Counter({
    name: 'events_unknown_total',
    help: 'events of an unknown type',
    labelNames,
    registers,
  });
  const malformed = new Counter({
    name: 'messages_malformed_total',
    help: 'messages that are not events',
    labelNames,
    registers,
  });
  const stuck = new Gauge({
    name: 'lanes_stuck',
    help: 'stopped lanes',
    labelNames: ['subscriber', 'lane'] as const,
    registers,
  });
  const tellSeldom = seldom(repeatedErrorMs);
  return {
    applied: (subscriber, _lane, events) => applied.inc({ subscriber }, events),
    malformed: (subscriber, lane, offset, reason) => {
      malformed.inc({ subscriber });
      log.error(
        { subscriber, lane, offset },
        `${subscriber}: the message at ${lane}/${offset} is not an event: ${reason}`,
      );
    },
    unknownType: (subscriber, event) => {
      unknown.inc({ subscriber });
      tellSeldom(`${subscriber} ${event.type}`, () => log.warn(`${subscriber} skips the unknown event ${event.type}`));
    },
    parked: (subscriber, event, reason) => {
      parked.inc({ subscriber });
      log.error(
        { subscriber, event: eventId(event) },
        `${subscriber} parked ${event.type} ${eventId(event)}: ${reason}`,
      );
    },
    stuck: (subscriber, lane, reason) => {
      stuck.set({ subscriber, lane }, reason === undefined ? 0 : 1);
      if (reason === undefined) log.info(`${subscriber}, lane ${lane}: resumed`);
      else log.error(`${subscriber}, lane ${lane}: stopped: ${reason}`);
    },
    failed: (subscriber, error) =>
      tellSeldom(`${subscriber} ${messageOf(error)}`, () => log.warn({ err: error }, `${subscriber} will retry`)),
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
