import type { MeteringEvent } from '@tokengrid/contracts';
import type { Command, Outcome } from '@tokengrid/event-store';
import type { RateUses } from '../decisions/usage/rate-uses.ts';

/** A command to rate uses, with their terms. */
export type RatingCommand = Command<RateUses> & { readonly keys: readonly string[] };

/** Data and keys of one command with the uses of all. */
export function usesOf(commands: readonly RatingCommand[]): Pick<RatingCommand, 'data' | 'keys'> {
  const [{ data, keys }] = commands as readonly [RatingCommand, ...RatingCommand[]];
  if (commands.length === 1) return { data, keys };
  return {
    data: { ...data, uses: commands.flatMap((each) => each.data.uses) },
    keys: commands.flatMap((each) => each.keys),
  };
}

/** One command with the uses of all, under the first one's id. */
export function joined(commands: readonly RatingCommand[]): RatingCommand {
  const [first] = commands as readonly [RatingCommand, ...RatingCommand[]];
  return { ...first, ...usesOf(commands) };
}

interface UsageId {
  readonly usageId: string;
}

/** Number of uses in the outcome that each command brought in: the first one that has a use. */
export function acceptedOf(commands: readonly RatingCommand[], { events }: Outcome<MeteringEvent>): readonly number[] {
  const taken = events.flatMap(({ data }) => ('uses' in data ? (data.uses as readonly UsageId[]) : []));
  if (commands.length === 1) return [taken.length];
  const left = new Set(taken.map(({ usageId }) => usageId));
  return commands.map(({ data }) => data.uses.filter(({ use }) => left.delete(use.usageId)).length);
}
