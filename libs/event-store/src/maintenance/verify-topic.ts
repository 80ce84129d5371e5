import { type Catalogue, eventId, type StoredEvent } from '@tokengrid/contracts';
import type { EventLog } from '../event-log.ts';
import { LaneFault, LaneFollower } from './lane-follower.ts';
import { unbalancedAsset } from './postings.ts';
import { type MaintenanceOptions, ProgressCount } from './progress.ts';
import { partitionsOf, readLane, recordsIn } from './read-lane.ts';
import { type UnreadableFound, UnreadableInLane } from './unreadable-found.ts';

export interface VerifyOptions extends MaintenanceOptions {
  readonly log: EventLog;
  readonly catalogue: Catalogue;
}

/** Result of verifying a lane of a topic. */
export interface LaneVerified {
  readonly lane: number;
  readonly events: number;
  /** Number of events published more than once; readers skip repeats. */
  readonly repeats: number;
  /** Number of records that are not events of the lane; readers skip them. */
  readonly garbage: number;
  /** Faults of the first of those. */
  readonly doubts: readonly string[];
  /** Number of events whose postings were summed. */
  readonly moneyEvents: number;
  /** Hash of the last event. */
  readonly hash: string;
  /** Unreadable events, skipped ones included; the events behind them were checked nevertheless. */
  readonly unreadable: readonly UnreadableFound[];
  /** First other fault and its offset; nothing behind it was checked. */
  readonly fault: { readonly offset: number; readonly reason: string } | undefined;
}

/**
 * Verifies a topic from end to end. Per lane: gapless sequences, chained hashes equal to those
 * recomputed from the content, data as declared, postings that sum to zero.
 */
export async function verifyTopic(options: VerifyOptions): Promise<readonly LaneVerified[]> {
  const { log, catalogue } = options;
  const lanes = await partitionsOf(log, catalogue.topic);
  const count = new ProgressCount(`verify ${catalogue.topic}`, options, await recordsIn(log, catalogue.topic, lanes));
  const verified: LaneVerified[] = [];
  for (let lane = 0; lane < lanes; lane++) verified.push(await verifyLane(options, lane, count));
  return verified;
}

async function verifyLane(
  { log, catalogue }: VerifyOptions,
  lane: number,
  count: ProgressCount,
): Promise<LaneVerified> {
  const follower = new LaneFollower(catalogue.service, lane, true);
  const unreadable = new UnreadableInLane(catalogue);
  let moneyEvents = 0;
  let fault: LaneVerified['fault'];
  try {
    for await (const records of readLane(log, catalogue.topic, lane, 0)) {
      for (const record of records) {
        const event = follower.follow(record);
        if (!event) continue;
        unreadable.pass(event);
        if (checkData(event, unreadable.data(event), record.offset)) moneyEvents += 1;
      }
      count.add(records.length);
    }
    follower.finish();
  } catch (error) {
    if (!(error instanceof LaneFault)) throw error;
    fault = { offset: error.offset, reason: error.reason };
  }
  const { events, repeats, garbage, doubts, hash } = follower;
  return { lane, events, repeats, garbage, doubts, moneyEvents, hash, unreadable: unreadable.found(), fault };
}

/**
 * True if the event moves money, if it is readable.
 * @throws LaneFault if its postings do not balance
 */
function checkData(event: StoredEvent, data: unknown, offset: number): boolean {
  const { postings } = (data ?? {}) as { readonly postings?: unknown };
  if (!Array.isArray(postings)) return false;
  const asset = unbalancedAsset(postings);
  if (asset === undefined) return true;
  throw new LaneFault(
    event.lane,
    offset,
    `${eventId(event)}: the postings of ${event.type} in ${asset} do not sum to zero`,
  );
}
