import { invalidArgument } from './problem.ts';

const horizonDays = 400;
const horizonMs = horizonDays * 86_400_000;
const detail = `must be at most ${horizonDays} days ahead`;

/**
 * So that a slip in a year does not bar all prices until then.
 * @param effectiveFrom epoch milliseconds, if said
 * @throws ProblemError 400 for a time that is too far ahead of `now`
 */
export function mustBeNear(effectiveFrom: number | undefined, now: number): void {
  if (effectiveFrom === undefined || effectiveFrom <= now + horizonMs) return;
  throw invalidArgument(`/effectiveFrom: ${detail}`, [{ pointer: '/effectiveFrom', detail }]);
}
