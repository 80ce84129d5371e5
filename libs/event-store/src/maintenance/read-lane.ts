import type { EventLog, LogRecord } from '../event-log.ts';
import { LogUnavailable } from '../event-log.ts';

const readOptions = { maxBytes: 8 * 1024 * 1024, maxWaitMs: 500 } as const;
const retryDelayMs = 250;
/** Time for which an outage of the log is waited out within a command. */
const patienceMs = 30_000;

/** Number of partitions. @throws Error without such a topic */
export async function partitionsOf(log: EventLog, topic: string): Promise<number> {
  const partitions = await log.partitionsOf(topic);
  if (partitions === undefined) throw new Error(`no such topic: ${topic}`);
  return partitions;
}

/** Number of records in a topic, repeats included, for progress. */
export async function recordsIn(log: EventLog, topic: string, lanes: number): Promise<number> {
  let records = 0;
  for (let lane = 0; lane < lanes; lane++) {
    const { first, next } = await patiently(() => log.offsetsOf(topic, lane));
    records += next - first;
  }
  return records;
}

/**
 * Records of a lane from an offset up to its current end, in the log's own portions. The next
 * portion is read while the caller works on the last one.
 * @throws LogUnavailable if the log stays unreachable
 */
export async function* readLane(
  log: EventLog,
  topic: string,
  lane: number,
  from: number,
): AsyncGenerator<readonly LogRecord[]> {
  const { first, next: end } = await patiently(() => log.offsetsOf(topic, lane));
  let offset = Math.max(from, first);
  let reading = offset < end ? ahead(log, topic, lane, offset) : undefined;
  while (reading) {
    const records = await reading;
    offset = records.at(-1)!.offset + 1;
    reading = offset < end ? ahead(log, topic, lane, offset) : undefined;
    yield records;
  }
}

/** Starts a read. Its failure surfaces when the caller awaits it, not before. */
function ahead(log: EventLog, topic: string, lane: number, offset: number): Promise<readonly LogRecord[]> {
  const reading = patiently(async () => {
    const records = await log.read(topic, lane, offset, readOptions);
    if (records.length === 0)
      throw new LogUnavailable(`${topic}/${lane}: nothing to read at ${offset}, before its end`);
    return records;
  });
  reading.catch(() => undefined);
  return reading;
}

/**
 * Retries while the log is unreachable, up to a bound: a command over millions of events should not
 * fail with one lost connection.
 */
export async function patiently<T>(work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof LogUnavailable) || performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, retryDelayMs));
    }
  }
}
