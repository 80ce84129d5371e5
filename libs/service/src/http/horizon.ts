import { invalidArgument } from './problem.ts';

const horizonDays = 400;
const horizonMs = horizonDays * 86_400_000;
const detail = `must be at most ${horizonDays} days ahead`;

/**
 * Refuses a time too far ahead: a slip in a year would bar all prices until then.
 * @param effectiveFrom epoch milliseconds, if given
 * @throws ProblemError 400 for a time too far ahead of `now`
 */
export function mustBeNear(effectiveFrom: number | undefined, now: number): void {
  if (effectiveFrom === undefined || effectiveFrom <= now + horizonMs) return;
  throw invalidArgument(`/effectiveFrom: ${detail}`, [{ pointer: '/effectiveFrom', detail }]);
}
