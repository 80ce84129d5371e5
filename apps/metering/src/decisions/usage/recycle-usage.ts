import type { MeteringEvent } from '@tokengrid/contracts';
import { NotYet } from '@tokengrid/kernel';
import { ratedOrParked } from './rate-usage.ts';
import type { Terms } from '../rules/terms.ts';
import type { Usage } from '../state/usage.ts';

/** A parked use, with its current terms. */
export interface RecycleUsage {
  readonly usageId: string;
  readonly terms: Terms;
}

/**
 * Rates a parked use by its current terms, at the prices of the use's own time; or parks it again
 * for the next missing thing. There is one command per parking (its id derives from the
 * `UsageParked` event), so a use is never rated twice.
 */
export function recycleUsage(usage: Usage, { usageId, terms }: RecycleUsage): readonly MeteringEvent[] {
  if (usage.status === 'unreported') throw new NotYet(`usage ${usageId} is not here yet`);
  if (usage.status !== 'parked') throw new Error(`usage ${usageId} is ${usage.status}, not parked`);
  return ratedOrParked(usage.use, terms);
}
