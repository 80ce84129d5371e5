import { z } from 'zod';
import { slug } from '../market-words.ts';
import { positiveAmount } from '../money.ts';

/** Maximum number of models, and of apps, that a key names. */
export const mostNamedByKey = 100;

/**
 * Models that a key may use: a name, or the beginning of names with a `*` behind it. Capitals do
 * not count, as in models' names.
 */
export const modelPattern = z
  .string()
  .regex(
    /^(?:[A-Za-z0-9][A-Za-z0-9._+:/-]{0,95}\*?|\*)$/,
    'must be the name of a model, or the beginning of names with a "*" behind it',
  );

/** Uses of a key per minute and at once, together with those of the keys minted from it. */
export const keyLimits = {
  requestsPerMinute: z.int().min(1).max(1_000_000).optional(),
  unitsPerMinute: z.int().min(1).max(1_000_000_000_000).optional(),
  streams: z.int().min(1).max(10_000).optional(),
};

/** µAIT that a key may spend per day and month of the operator, and in all. */
export const keyBudget = z.strictObject({
  daily: positiveAmount.optional(),
  monthly: positiveAmount.optional(),
  total: positiveAmount.optional(),
});
export type KeyBudget = z.output<typeof keyBudget>;

/** What limits a key beside its scopes and its end. Whatever is absent does not. */
export const keyRights = {
  models: z.array(modelPattern).max(mostNamedByKey).optional(),
  apps: z.array(slug).max(mostNamedByKey).optional(),
  ...keyLimits,
};

const keyRightsObject = z.strictObject(keyRights);
export type KeyRights = z.output<typeof keyRightsObject>;
export type KeyLimits = Pick<KeyRights, keyof typeof keyLimits>;

/** True if some pattern is for a model's name, or for all that another pattern is for. */
export const allowsModel = (patterns: readonly string[], name: string): boolean =>
  patterns.some((pattern) => covers(pattern, name));

/**
 * True if one pattern is for all that the other is for. A name is a pattern for itself alone, so
 * this also tells whether a pattern is for a name.
 */
function covers(pattern: string, other: string): boolean {
  const [wide, narrow] = [pattern.toLowerCase(), other.toLowerCase()];
  return wide.endsWith('*') ? narrow.startsWith(wide.slice(0, -1)) : narrow === wide;
}
