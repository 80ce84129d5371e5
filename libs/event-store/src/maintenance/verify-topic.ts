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

/** What a lane of a topic was found to hold. */
export interface LaneVerified {
  readonly lane: number;
  readonly events: number;
  /** Events that were published more than once, which readers pass over. */
  readonly repeats: number;
  /** Messages that are no events of the lane, which readers pass over. */
  readonly garbage: number;
  /** The first of those, and what is wrong with them. */
  readonly doubts: readonly string[];
  /** Events whose postings were added up. */
  readonly moneyEvents: number;
  /** Hash of the last event. */
  readonly hash: string;
  /** Events that can't be read, those that are skipped among them; what stands behind them was looked at nevertheless. */
  readonly unreadable: readonly UnreadableFound[];
  /** The first other thing that is wrong, and at which offset; nothing behind it was looked at. */
  readonly fault: { readonly offset: number; readonly reason: string } | undefined;
}

/**
 * Reads a topic end to end. Per lane: sequences without gaps, each event naming the hash of the one before it, each hash as
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

/** Whether the event moves money, as far as it can be read. @throws LaneFault where what it moves is not balanced */
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
