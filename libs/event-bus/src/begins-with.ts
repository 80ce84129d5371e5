import type { Catalogue } from '@tokengrid/contracts';
import { type EventLog, laneEventOf } from '@tokengrid/event-store';

const readOptions = { maxBytes: 1024 * 1024, maxWaitMs: 500 } as const;

/** Whether an event of a type stands near the beginning of some lane of a topic; false where there is no such topic. */
export async function beginsWith(
  log: EventLog,
  { service, topic }: Pick<Catalogue, 'service' | 'topic'>,
  isWanted: (type: string) => boolean,
): Promise<boolean> {
  const lanes = (await log.partitionsOf(topic)) ?? 0;
  for (let lane = 0; lane < lanes; lane++) {
    const { first, next } = await log.offsetsOf(topic, lane);
    if (first === next) continue;
    for (const record of await log.read(topic, lane, first, readOptions)) {
      const read = laneEventOf(service, lane, record);
      if ('event' in read && isWanted(read.event.type)) return true;
    }
  }
  return false;
}
