import { type MeteringEvent, UsageBilled, UsageParked, UsageRated } from '@tokengrid/contracts';
import { rate } from '../rules/rating.ts';
import type { Terms } from '../rules/terms.ts';
import type { Usage, Use } from '../state/usage.ts';

/** A reported use, and its terms when they were looked up. */
export interface RateUsage {
  readonly use: Use;
  readonly terms: Terms;
}

/**
 * Rates a reported use, or parks it until the thing that it waits for arrives. The command's id
 * derives from the report's source and id, so a repeat never gets here: it gets the first outcome.
 */
export function rateUsage(usage: Usage, { use, terms }: RateUsage): readonly MeteringEvent[] {
  if (usage.status !== 'unreported') throw new Error(`usage ${use.usageId} was reported under another command`);
  return ratedOrParked(use, terms);
}

/**
 * Rates or parks a use, at the first attempt and every later one. A free use is billed at once: no
 * wallet has to pay.
 */
export function ratedOrParked(use: Use, terms: Terms): readonly MeteringEvent[] {
  const rating = terms.known ? rate(use.units, terms) : terms;
  if ('waitsFor' in rating) return [UsageParked({ ...use, waitsFor: rating.waitsFor })];
  const chargeId = chargeIdOf(use.usageId);
  const rated = UsageRated({ ...use, ...rating, chargeId });
  if (rating.tokens > 0n) return [rated];
  const { usageId, partyId, time, app, model } = use;
  const { tokens, shares } = rating;
  return [rated, UsageBilled({ usageId, chargeId, partyId, time, app, model, tokens, shares })];
}

/** Id of a use's only charge, with the use's own suffix. */
function chargeIdOf(usageId: string): string {
  return `chg_${usageId.slice('usg_'.length)}`;
}
