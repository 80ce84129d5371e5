import type { MeteringEvent } from '@tokengrid/contracts';
import { NotYet } from '@tokengrid/kernel';
import { ratedOrParked } from './rate-usage.ts';
import type { Terms } from '../rules/terms.ts';
import type { Usage } from '../state/usage.ts';

/** What the rate card says now of a use that was parked. */
export interface RecycleUsage {
  readonly usageId: string;
  readonly terms: Terms;
}

/**
 * Rates a parked use by what has arrived since, at the prices of the use's own time; or parks it
 * again for the next thing that it waits for. There is one command per parking (its id follows from
 * the `UsageParked` event), so a use is never rated twice.
 */
export function recycleUsage(usage: Usage, { usageId, terms }: RecycleUsage): readonly MeteringEvent[] {
  if (usage.status === 'unreported') throw new NotYet(`usage ${usageId} is not here yet`);
  if (usage.status !== 'parked') throw new Error(`usage ${usageId} is ${usage.status}, not parked`);
  return ratedOrParked(usage.use, terms);
}
