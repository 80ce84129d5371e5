import { eventId, firstPreviousHash } from '@tokengrid/contracts';
import type { EventLog, LogRecord, PartitionEnds } from './event-log.ts';
import { LogUnavailable } from './event-log.ts';
import { laneEventOf } from './lane-record.ts';
import type { LaneStorage, PublishedMark } from './storage.ts';

/**
 * A fault of a lane, found by its relay, that a person must check. `stopsLane`: commands must not
 * be accepted either.
 */
export interface LaneTrouble {
  readonly reason: string;
  readonly stopsLane: boolean;
  /** True if the database lacks events known to be stored: it must not be read then. */
  readonly isBehind?: boolean;
}

/**
 * End of a lane in the log: its highest sequence, the hash, and the offset after it. Sequence 0:
 * the partition is empty.
 */
export type LogEnd = PublishedMark;

/** Published events that the topic has lost. */
export function lostSince(published: number, end: LogEnd): LaneTrouble | undefined {
  if (end.sequence >= published) return undefined;
  const reason = `the topic ends at ${end.sequence}, but events up to ${published} were published: run republish`;
  return { reason, stopsLane: false };
}

/**
 * Maximum run of repeats that a relay without its lease can leave after a lane's true end: a few of
 * its appends. Others that may write to the topic can leave more.
 */
const tailRecords = 8192;
/** Small enough that decoding an answer does not block the event loop for long. */
const readBytes = 1024 * 1024;

/** Identity of an event in the log. */
interface SeenEvent {
  readonly sequence: number;
  readonly hash: string;
  readonly offset: number;
}

/** End of a lane's partition, as read. */
interface LaneTail {
  readonly end: LogEnd;
  /** Events of the lane in it, repeats included. */
  readonly events: readonly SeenEvent[];
  /** Offset of the next record. */
  readonly next: number;
  /** True if there are seals but this process has no seal key. */
  readonly isSealed: boolean;
  /** True if there are events without our seal. */
  readonly hasForeign: boolean;
}

/**
 * Finds the highest sequence at the end of a partition, behind which repeats may stand. Messages
 * that are not events of the lane, or whose hash does not match, are skipped, as by readers.
 * @param mark known position in the log. If its record is there, nothing before it has to be read.
 */
export async function endOfLane(log: EventLog, topic: string, lane: number, mark?: PublishedMark): Promise<LogEnd> {
  return (await tailOfLane(log, topic, lane, mark)).end;
}

async function tailOfLane(log: EventLog, topic: string, lane: number, mark?: PublishedMark): Promise<LaneTail> {
  const ends = await log.offsetsOf(topic, lane);
  const { first, next } = ends;
  const known = mark && mark.offset > first && mark.offset <= next ? mark : undefined;
  if (known && known.offset > next - tailRecords)
    return (await tailFromMark(log, topic, lane, known, next)) ?? lastEvents(log, topic, lane, ends);
  const last = await lastEvents(log, topic, lane, ends);
  // Others may have written any number of records behind the mark.
  if (!known || last.end.sequence >= known.sequence) return last;
  return (await tailFromMark(log, topic, lane, known, next)) ?? last;
}

/** Records from a mark on; `undefined` if its record is not there. */
function tailFromMark(log: EventLog, topic: string, lane: number, mark: PublishedMark, next: number) {
  const service = serviceOf(topic);
  const range = { from: mark.offset - 1, next, least: mark.sequence };
  return tailFrom(log, topic, lane, range, (record) => {
    const read = laneEventOf(service, lane, record);
    return record.offset === mark.offset - 1 && 'event' in read && read.event.hash === mark.hash;
  });
}

/** Last records of a partition; so many that there are events of the lane, if there are any. */
async function lastEvents(log: EventLog, topic: string, lane: number, { first, next }: PartitionEnds) {
  let [from, isSealed, hasForeign] = [next, false, false];
  for (;;) {
    const to = from;
    from = Math.max(first, to - tailRecords);
    const tail = (await tailFrom(log, topic, lane, { from, next: to }))!;
    isSealed ||= tail.isSealed;
    hasForeign ||= tail.hasForeign;
    if (tail.events.length > 0 || from === first) return { ...tail, next, isSealed, hasForeign };
  }
}

const serviceOf = (topic: string): string => topic.slice('tokengrid.'.length);

const nothing: LogEnd = { sequence: 0, hash: firstPreviousHash, offset: 0 };

/**
 * Records of a range of a partition; `undefined` if the first record is not the expected one.
 * Events below `least` are not kept.
 */
async function tailFrom(
  log: EventLog,
  topic: string,
  lane: number,
  { from, next, least = 0 }: { readonly from: number; readonly next: number; readonly least?: number },
  isExpected: (first: LogRecord) => boolean = () => true,
): Promise<LaneTail | undefined> {
  const service = serviceOf(topic);
  const events: SeenEvent[] = [];
  let end = nothing;
  let isSealed = false;
  let hasForeign = false;
  for (let offset = from; offset < next;) {
    const records = await log.read(topic, lane, offset, { maxBytes: readBytes, maxWaitMs: 500 });
    if (records.length === 0)
      throw new LogUnavailable(`${topic}/${lane}: nothing to read at ${offset}, before the end ${next}`);
    if (offset === from && !isExpected(records[0]!)) return undefined;
    for (const record of records) {
      isSealed ||= record.isSealed === true;
      hasForeign ||= record.isForeign === true;
      const read = laneEventOf(service, lane, record);
      if (!('event' in read)) continue;
      const { sequence, hash } = read.event;
      if (sequence >= least) events.push({ sequence, hash, offset: record.offset });
      if (sequence > end.sequence) end = { sequence, hash, offset: record.offset + 1 };
    }
    offset = records.at(-1)!.offset + 1;
  }
  return { end, events, next, isSealed, hasForeign };
}

/** Facts about a lane's log that its relay needs before it publishes. */
export interface LaneComparison {
  readonly end: LogEnd;
  /** Offset of the next record, unless a foreign client writes. */
  readonly next: number;
  readonly trouble: LaneTrouble | undefined;
}

/**
 * Compares a lane's log with its database while others may publish and store. It reads the mark
 * first and the head last: without a fault, the log's end is never behind the earlier mark nor
 * ahead of the later head.
 */
export async function compareLane(
  log: EventLog,
  topic: string,
  storage: Pick<LaneStorage, 'publishedMark' | 'headOf' | 'eventsAfter'>,
  lane: number,
): Promise<LaneComparison> {
  const mark = await storage.publishedMark(lane);
  const tail = await tailOfLane(log, topic, lane, mark);
  const { end, next, events } = tail;
  const found =
    (await troubleBetween(end, mark, await storage.headOf(lane), storage, lane)) ??
    (await contradiction(events, mark.sequence, storage, lane));
  return { end, next, trouble: tail.isSealed ? unsealed(topic) : found && withForeign(found, tail) };
}

/**
 * Fault of the records between the expected and the actual offset of an append. Repeats, and
 * records that are not events of the lane, are skipped.
 * @param published last sequence known to be in the log
 */
export async function contradictionIn(
  log: EventLog,
  topic: string,
  lane: number,
  range: { readonly from: number; readonly next: number },
  published: number,
  storage: Pick<LaneStorage, 'eventsAfter'>,
): Promise<LaneTrouble | undefined> {
  return contradiction((await tailFrom(log, topic, lane, range))!.events, published, storage, lane);
}

const storedPerLook = 1000;

/**
 * True if an event in the log differs from the database's event of the same sequence.
 * @param published readers may stand there: a contradiction of earlier events comes after they were
 * read
 */
async function contradiction(
  seen: readonly SeenEvent[],
  published: number,
  storage: Pick<LaneStorage, 'eventsAfter'>,
  lane: number,
): Promise<LaneTrouble | undefined> {
  const inOrder = seen
    .filter(({ sequence }) => sequence >= published)
    .toSorted((one, other) => one.sequence - other.sequence);
  for (let at = 0; at < inOrder.length;) {
    const from = inOrder[at]!.sequence;
    const stored = await storage.eventsAfter(lane, from - 1, storedPerLook);
    const own = new Map(stored.map(({ event }) => [event.sequence, event]));
    for (; at < inOrder.length && inOrder[at]!.sequence < from + storedPerLook; at++) {
      const { sequence, hash, offset } = inOrder[at]!;
      const event = own.get(sequence);
      if (event && event.hash !== hash) return { reason: forked(eventId(event), offset), stopsLane: true };
    }
  }
  return undefined;
}

function unsealed(topic: string): LaneTrouble {
  const reason = `the events of ${topic} are sealed, but this process has no key: set EVENT_SEAL_KEYS`;
  return { reason, stopsLane: true };
}

function withForeign(trouble: LaneTrouble, { hasForeign }: LaneTail): LaneTrouble {
  if (!hasForeign) return trouble;
  return { ...trouble, reason: `${trouble.reason} (records without our seal were skipped)` };
}

/** Fault between a lane's log and its database, if any. */
export async function troubleBetween(
  end: LogEnd,
  mark: PublishedMark,
  head: { readonly sequence: number },
  storage: Pick<LaneStorage, 'eventsAfter'>,
  lane: number,
): Promise<LaneTrouble | undefined> {
  if (end.sequence > head.sequence) {
    const reason = `the topic has events up to ${end.sequence}, the database only up to ${head.sequence} (an older backup?): run restore`;
    return { reason, stopsLane: true, isBehind: true };
  }
  const lost = lostSince(mark.sequence, end);
  if (lost || end.sequence === 0) return lost;
  const [stored] = await storage.eventsAfter(lane, end.sequence - 1, 1);
  if (stored?.event.hash === end.hash) return undefined;
  const where = stored ? eventId(stored.event) : `sequence ${end.sequence}`;
  return { reason: forked(where, end.offset - 1), stopsLane: true };
}

const forked = (where: string, offset: number) =>
  `${where} has another hash in the topic (offset ${offset}) than in the database: the histories have forked, or a foreign client wrote it`;
