import { eventId, firstPreviousHash } from '@tokengrid/contracts';
import type { EventLog, LogRecord } from './event-log.ts';
import { LogUnavailable } from './event-log.ts';
import { claimedSequence, laneEventOf } from './lane-record.ts';
import type { LaneStorage, PublishedMark } from './storage.ts';

/** What a relay found out about its lane that a person must look at. `stopsLane`: commands must not be taken either. */
export interface LaneTrouble {
  readonly reason: string;
  readonly stopsLane: boolean;
}

/** The end of a lane in the log: the highest sequence there, its hash, and the offset behind it. Sequence 0: the partition is empty. */
export type LogEnd = PublishedMark;

/** What is known to have been published and the topic has no more. */
export function lostSince(published: number, end: LogEnd): LaneTrouble | undefined {
  if (end.sequence >= published) return undefined;
  const reason = `the topic ends at ${end.sequence}, but events up to ${published} were published: run republish`;
  return { reason, stopsLane: false };
}

/** Longest run of repeats that a relay which lost its lease can leave behind a lane's true end: a few of its appends. */
const tailRecords = 8192;
/** Little enough that decoding an answer holds up nothing else for long. */
const readBytes = 1024 * 1024;

/**
 * Finds the highest sequence at the end of a partition, where repeats may stand behind it. Messages that are no events of the lane, or whose
 * hash does not fit their content, are passed over, as readers do.
 * @param mark what is known to be in the log. If it stands where it says, nothing before it has to be read.
 */
export async function endOfLane(log: EventLog, topic: string, lane: number, mark?: PublishedMark): Promise<LogEnd> {
  const { first, next } = await log.offsetsOf(topic, lane);
  const earliest = Math.max(first, next - tailRecords);
  const service = topic.slice('tokengrid.'.length);
  if (mark && mark.offset > earliest && mark.offset <= next) {
    const end = await highestFrom(log, topic, lane, { from: mark.offset - 1, next }, (record) => {
      const read = laneEventOf(service, lane, record);
      return record.offset === mark.offset - 1 && 'event' in read && read.event.hash === mark.hash;
    });
    if (end) return end;
  }
  return (await highestFrom(log, topic, lane, { from: earliest, next })) ?? nothing;
}

const nothing: LogEnd = { sequence: 0, hash: firstPreviousHash, offset: 0 };

/** The event with the highest sequence; `undefined` if the first record is not what was expected. */
async function highestFrom(
  log: EventLog,
  topic: string,
  lane: number,
  { from, next }: { readonly from: number; readonly next: number },
  isExpected: (first: LogRecord) => boolean = () => true,
): Promise<LogEnd | undefined> {
  const service = topic.slice('tokengrid.'.length);
  let end = nothing;
  for (let offset = from; offset < next;) {
    const records = await log.read(topic, lane, offset, { maxBytes: readBytes, maxWaitMs: 500 });
    if (records.length === 0)
      throw new LogUnavailable(`${topic}/${lane}: nothing to read at ${offset}, before the end ${next}`);
    if (offset === from && !isExpected(records[0]!)) return undefined;
    offset = records.at(-1)!.offset + 1;
    end = highest(records, end, service, lane);
  }
  return end;
}

/** Latest first: nearly always the last one is the highest, and those that do not claim to be higher need not be checked. */
function highest(records: readonly LogRecord[], before: LogEnd, service: string, lane: number): LogEnd {
  let end = before;
  for (const record of records.toReversed()) {
    if (!(claimedSequence(record) > end.sequence)) continue;
    const read = laneEventOf(service, lane, record);
    if ('event' in read) end = { sequence: read.event.sequence, hash: read.event.hash, offset: record.offset + 1 };
  }
  return end;
}

/**
 * Compares a lane's log with its database while others may publish and store. The mark is read first and the head last: the log's end
 * never is behind an earlier mark nor ahead of a later head, unless something is wrong.
 */
export async function compareLane(
  log: EventLog,
  topic: string,
  storage: Pick<LaneStorage, 'publishedMark' | 'headOf' | 'eventsAfter'>,
  lane: number,
): Promise<{ readonly end: LogEnd; readonly trouble: LaneTrouble | undefined }> {
  const mark = await storage.publishedMark(lane);
  const end = await endOfLane(log, topic, lane, mark);
  return { end, trouble: await troubleBetween(end, mark, await storage.headOf(lane), storage, lane) };
}

/** What is wrong between a lane's log and its database, if anything. */
export async function troubleBetween(
  end: LogEnd,
  mark: PublishedMark,
  head: { readonly sequence: number },
  storage: Pick<LaneStorage, 'eventsAfter'>,
  lane: number,
): Promise<LaneTrouble | undefined> {
  if (end.sequence > head.sequence) {
    const reason = `the topic has events up to ${end.sequence}, the database only up to ${head.sequence} (an older backup?): run restore`;
    return { reason, stopsLane: true };
  }
  const lost = lostSince(mark.sequence, end);
  if (lost || end.sequence === 0) return lost;
  const [stored] = await storage.eventsAfter(lane, end.sequence - 1, 1);
  if (stored?.event.hash === end.hash) return undefined;
  const where = stored ? eventId(stored.event) : `sequence ${end.sequence}`;
  return {
    reason: `${where} has another hash in the topic than in the database: the histories have forked`,
    stopsLane: true,
  };
}
