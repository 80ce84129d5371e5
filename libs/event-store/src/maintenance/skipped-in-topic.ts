import type { Catalogue } from '@tokengrid/contracts';
import type { EventLog } from '../event-log.ts';
import { skippedBy } from '../fold-stream.ts';
import { laneEventOf } from '../lane-record.ts';
import { readLane } from './read-lane.ts';

/** Skipped events of a lane with their reasons, from its topic, from an offset on. */
export async function skippedInTopic(
  log: EventLog,
  { service, topic }: Pick<Catalogue, 'service' | 'topic'>,
  lane: number,
  from: number,
): Promise<ReadonlyMap<number, string>> {
  const skipped = new Map<number, string>();
  for await (const records of readLane(log, topic, lane, from)) {
    for (const record of records) {
      const read = laneEventOf(service, lane, record);
      const said = 'event' in read ? skippedBy(read.event) : undefined;
      if (said) skipped.set(said.sequence, said.because);
    }
  }
  return skipped;
}
