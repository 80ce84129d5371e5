import { meterName } from '@tokengrid/contracts';
import { cursorKey, pageQuery, type Principal } from '@tokengrid/service';
import { z } from 'zod';
import { type Dimension, dimensions, type SumKey, type SumsQuery } from '../../usage-sums/usage-sums.ts';
import { windowKinds } from '../../usage-sums/windows.ts';
import type { Visible } from '../../projections/visibility.ts';
import { tellsPrivate } from '../private-to.ts';
import { type AskedTime, csvToo, ofOneUse, timeOfUse } from '../use-filters.ts';

/** Dimensions in a query, separated by commas. */
const groupBy = (byDefault: readonly Dimension[]) =>
  z
    .string()
    .max(100)
    .default(byDefault.join())
    .transform((list, context): readonly Dimension[] => {
      const asked = list === '' ? [] : list.split(',');
      if (asked.every((name) => (dimensions as readonly string[]).includes(name))) {
        return dimensions.filter((name) => asked.includes(name));
      }
      context.addIssue({ code: 'custom', message: `must be of ${dimensions.join(', ')}, separated by commas` });
      return z.NEVER;
    })
    .meta({
      description: 'Dimensions of the sums, separated by commas; empty: one sum of all',
      type: 'string',
      example: byDefault.join(),
    });

/** Query of sums. */
export const sumsQuery = (byDefault: readonly Dimension[]) =>
  pageQuery.extend({
    ...ofOneUse,
    meter: meterName.optional().meta({ description: 'Name of the meter' }),
    ...timeOfUse,
    window: z.enum(windowKinds).default('day').meta({ description: 'Window of a sum, in `timeZone`' }),
    groupBy: groupBy(byDefault),
    ...csvToo,
  });
export type AskedSums = z.output<ReturnType<typeof sumsQuery>>;

/** Cursor: start of the window, and the values of the dimensions. */
const LastSum = z.tuple([z.int()], z.string());

/** Place after which a page begins. */
export function sumKeyIn({ cursor, groupBy }: AskedSums): SumKey | undefined {
  return cursorKey(
    cursor,
    LastSum.refine((key) => key.length === groupBy.length + 1),
  );
}

/**
 * Sums that a caller asked for.
 * @throws ProblemError 403 for keys or members of another party
 */
export function sumsAsked(
  { party: _, app, model, offer, region, key, member, meter, window, groupBy: by, limit }: AskedSums,
  caller: Principal,
  { partyId: party }: Visible,
  time: AskedTime,
): Omit<SumsQuery, 'withStated'> {
  const isTold = (name: 'key' | 'member', value: string | undefined) => value !== undefined || by.includes(name);
  tellsPrivate(caller, party, { keys: isTold('key', key), members: isTold('member', member) });
  return { ...time, window, by, of: { party, app, model, offer, region, key, member, meter }, limit };
}
