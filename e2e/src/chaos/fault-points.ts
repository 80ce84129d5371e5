import { setTimeout as passing } from 'node:timers/promises';
import type { TailingLog } from '@tokengrid/event-bus';
import type pg from 'pg';

/**
 * Steps of a process with its stores: for a batch of commands, its publication, and its
 * subscribers.
 */
const faultSteps = [
  'begin',
  'find',
  'write',
  'project',
  'commit',
  'append',
  'published-mark',
  'subscriber-mark',
] as const;
type FaultStep = (typeof faultSteps)[number];

/**
 * Moments of a step: before the request; after sending it, without hearing the answer; with the
 * answer, before acting on it.
 */
const faultMoments = ['before', 'sent', 'answered'] as const;
type FaultMoment = (typeof faultMoments)[number];

export interface FaultPoint {
  readonly step: FaultStep;
  readonly moment: FaultMoment;
}

export const faultPoints: readonly FaultPoint[] = faultSteps.flatMap((step) =>
  faultMoments.map((moment) => ({ step, moment })),
);

/** A fault: its point, the number of passages from now, and the signal. */
export interface Fault extends FaultPoint {
  readonly passage: number;
  readonly signal: 'SIGKILL' | 'SIGSTOP';
}

/** Points at which a process can be told to kill or freeze itself. */
export class FaultPoints {
  private fault: Fault | undefined;
  private passages = 0;

  arm(fault: Fault): void {
    this.fault = fault;
    this.passages = 0;
  }

  disarm(): void {
    this.fault = undefined;
  }

  pass(step: FaultStep, moment: FaultMoment): void {
    const { fault } = this;
    if (fault?.step !== step || fault.moment !== moment) return;
    this.passages += 1;
    if (this.passages < fault.passage) return;
    this.fault = undefined;
    process.kill(process.pid, fault.signal);
  }
}

type Query = (...args: unknown[]) => unknown;

/** Step of a statement, by the SQL of the event store and the subscribers. */
function stepOf(statement: unknown): FaultStep | undefined {
  const { name, text } =
    typeof statement === 'string'
      ? { name: undefined, text: statement }
      : (statement as { name?: string; text?: string });
  if (text?.startsWith('begin; set local plan_cache_mode')) return 'begin';
  if (name === 'find-commands' || name === 'find-commands-of-lanes') return 'find';
  if (name === 'write-lane' || name === 'write-lanes') return 'write';
  if (text?.startsWith('insert into purse_balances')) return 'project';
  if (text?.endsWith('commit')) return 'commit';
  if (name === 'move-published-mark') return 'published-mark';
  if (name === 'move-marks') return 'subscriber-mark';
  return undefined;
}

/** Adds the fault points to the statements of a pool's connections. */
export function breakStatements(pool: pg.Pool, faults: FaultPoints): void {
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as Query;
    const broken: Query = (...args) => {
      const step = stepOf(args[0]);
      if (step === undefined) return query(...args);
      const answered = () => faults.pass(step, 'answered');
      const callback = args.at(-1);
      if (typeof callback === 'function') {
        args[args.length - 1] = (...results: unknown[]) => {
          answered();
          (callback as Query)(...results);
        };
      }
      faults.pass(step, 'before');
      const result = query(...args);
      // Statements stated together are sent once all of them are stated.
      setImmediate(() => faults.pass(step, 'sent'));
      return result instanceof Promise ? result.finally(answered) : result;
    };
    client.query = broken as typeof client.query;
  });
}

/** Adds the fault points to a log's appends. */
export function breakAppends(log: TailingLog, faults: FaultPoints): TailingLog {
  return withAppend(log, async (topic, partition, events) => {
    faults.pass('append', 'before');
    const appending = log.append(topic, partition, events);
    appending.catch(() => undefined);
    // Appends of one turn of the event loop are sent together in the next.
    await passing(1);
    faults.pass('append', 'sent');
    const offset = await appending;
    faults.pass('append', 'answered');
    return offset;
  });
}

/** Appends every batch twice, as after a lost acknowledgement. */
export function appendTwice(log: TailingLog): TailingLog {
  return withAppend(log, async (topic, partition, events) => {
    await log.append(topic, partition, events);
    return log.append(topic, partition, events);
  });
}

/** A log with another append. */
function withAppend(log: TailingLog, append: TailingLog['append']): TailingLog {
  return {
    append,
    partitionsOf: (topic) => log.partitionsOf(topic),
    createTopic: (topic, settings) => log.createTopic(topic, settings),
    read: (topic, partition, from, options) => log.read(topic, partition, from, options),
    offsetsOf: (topic, partition) => log.offsetsOf(topic, partition),
    endsOf: (topics) => log.endsOf(topics),
    tail: (topic) => log.tail(topic),
    close: () => log.close(),
  };
}
