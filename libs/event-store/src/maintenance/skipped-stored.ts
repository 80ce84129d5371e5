import { skippedStreamId } from '@tokengrid/kernel';
import type { Pool } from 'pg';
import { skippedBy } from '../fold-stream.ts';
import { storedLanes } from '../postgres/postgres-event-store.ts';
import { storedStream } from './stored-stream.ts';
import type { UnreadableFound } from './unreadable-found.ts';

/** Skipped events of a lane with their reasons, from the database. */
export async function skippedBecause(
  pool: Pool,
  service: string,
  unreadable: readonly UnreadableFound[],
): Promise<readonly UnreadableFound[]> {
  if (unreadable.length === 0) return [];
  const lanes = (await storedLanes(pool, service)) ?? 0;
  const reasons = new Map<string, string>();
  for (const lane of new Set(unreadable.map((found) => found.lane))) {
    for (const event of await storedStream(pool, { service, lanes }, skippedStreamId(lane, lanes))) {
      const skipped = skippedBy(event);
      if (skipped) reasons.set(`${lane}/${skipped.sequence}`, skipped.because);
    }
  }
  return unreadable.map((found) => {
    const because = reasons.get(`${found.lane}/${found.sequence}`);
    return because === undefined ? found : { ...found, skippedBecause: because };
  });
}
