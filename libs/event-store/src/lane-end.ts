import { eventId, firstPreviousHash } from '@tokengrid/contracts';
import type { EventLog, LogRecord } from './event-log.ts';
import { LogUnavailable } from './event-log.ts';
import { laneEventOf } from './lane-record.ts';
import type { LaneStorage, PublishedMark } from './storage.ts';

/** What a relay found out about its lane that a person must look at. `stopsLane`: commands must not be taken either. */
export interface LaneTrouble {
  readonly reason: string;
  readonly stopsLane: boolean;
  /** Whether the database lacks what is known to have been stored: then it is not to be asked for anything. */
  readonly isBehind?: boolean;
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

/** An event in the log, by what tells it from any other. */
interface SeenEvent {
  readonly sequence: number;
  readonly hash: string;
  readonly offset: number;
}

/** The end of a lane's partition as it was read. */
interface LaneTail {
  readonly end: LogEnd;
  /** All events of the lane that stand there, repeats too. */
  readonly events: readonly SeenEvent[];
  /** The offset that the next record gets. */
  readonly next: number;
  /** Whether there are seals that this process has no key for. */
  readonly isSealed: boolean;
  /** Whether there are events without our seal. */
  readonly hasForeign: boolean;
}

/**
 * Finds the highest sequence at the end of a partition, where repeats may stand behind it. Messages that are no events of the lane, or whose
 * hash does not fit their content, are passed over, as readers do.
 * @param mark what is known to be in the log. If it stands where it says, nothing before it has to be read.
 */
export async function endOfLane(log: EventLog, topic: string, lane: number, mark?: PublishedMark): Promise<LogEnd> {
  return (await tailOfLane(log, topic, lane, mark)).end;
}

async function tailOfLane(log: EventLog, topic: string, lane: number, mark?: PublishedMark): Promise<LaneTail> {
  const { first, next } = await log.offsetsOf(topic, lane);
  const earliest = Math.max(first, next - tailRecords);
  const service = topic.slice('tokengrid.'.length);
  if (mark && mark.offset > earliest && mark.offset <= next) {
    const tail = await tailFrom(log, topic, lane, { from: mark.offset - 1, next }, (record) => {
      const read = laneEventOf(service, lane, record);
      return record.offset === mark.offset - 1 && 'event' in read && read.event.hash === mark.hash;
    });
    if (tail) return tail;
  }
  return (await tailFrom(log, topic, lane, { from: earliest, next }))!;
}

const nothing: LogEnd = { sequence: 0, hash: firstPreviousHash, offset: 0 };

/** What stands in a range of a partition; `undefined` if the first record is not what was expected. */
async function tailFrom(
  log: EventLog,
  topic: string,
  lane: number,
  { from, next }: { readonly from: number; readonly next: number },
  isExpected: (first: LogRecord) => boolean = () => true,
): Promise<LaneTail | undefined> {
  const service = topic.slice('tokengrid.'.length);
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
      events.push({ sequence, hash, offset: record.offset });
      if (sequence > end.sequence) end = { sequence, hash, offset: record.offset + 1 };
    }
    offset = records.at(-1)!.offset + 1;
  }
  return { end, events, next, isSealed, hasForeign };
}

/** What a relay needs to know of its lane's log before it publishes. */
export interface LaneComparison {
  readonly end: LogEnd;
  /** The offset that the next record gets, unless somebody else writes. */
  readonly next: number;
  readonly trouble: LaneTrouble | undefined;
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
 * What is wrong with the records that an append should have followed at once. Repeats, and what is no event of the lane, are passed over.
 * @param published the last sequence that was known to be in the log
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
 * Whether some event in the log is not the one that the database has in its place.
 * @param published readers may stand there: what says otherwise of earlier events comes after what they read long since
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
  return { ...trouble, reason: `${trouble.reason} (records without our seal were passed over)` };
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
  `${where} has another hash in the topic (offset ${offset}) than in the database: the histories have forked, or somebody else wrote it`;
