import { keyId, modelName, partyId, slug, text, typeId } from '@tokengrid/contracts';
import type { Calendar } from '@tokengrid/kernel';
import {
  askedTimeZone,
  csvBom,
  csvType,
  invalidArgument,
  keptCalendarOf,
  momentOf,
  sentTimeOrDay,
} from '@tokengrid/service';
import { z } from 'zod';

/** Query parameters that select uses by who pays for what. */
export const ofUse = {
  party: partyId.optional().meta({ description: 'Id of the paying party' }),
  app: slug.optional().meta({ description: 'Slug of the app' }),
  model: modelName.optional().meta({ description: 'Name of the model' }),
};

/** Query parameters that select single uses: {@link ofUse}, and what else is known of each. */
export const ofOneUse = {
  ...ofUse,
  offer: typeId('mod').optional().meta({ description: 'Id of the offer of the model' }),
  region: text(60).optional().meta({ description: 'Region of the offer of the model' }),
  key: keyId.optional().meta({ description: 'Id of the API key or OAuth client of the paying party' }),
  member: partyId.optional().meta({ description: "Id of a member of the party's shared wallet: its uses" }),
};

/** Query parameters that select uses by their time. */
export const timeOfUse = {
  from: sentTimeOrDay.optional().meta({ description: 'Used at this time or later' }),
  to: sentTimeOrDay.optional().meta({ description: 'Used before this time' }),
  timeZone: askedTimeZone,
};

/** Query parameters of lists that are answered in CSV, too. */
export const csvToo = {
  format: z.enum(['json', 'csv']).optional().meta({
    description: 'csv, same as `Accept: text/csv`: the whole list at once, without `limit` and `cursor`',
  }),
  bom: csvBom,
};

/** Whether a list is asked for as CSV. */
export const isCsv = (format: 'json' | 'csv' | undefined, accepted: string): boolean =>
  format === 'csv' || (format === undefined && accepted === csvType);

/** Rows read at once for a CSV: the part of a list of any length that is in memory. */
export const csvPageRows = 1000;

const timeOfUseQuery = z.object(timeOfUse);

/**
 * Times of a query as epoch milliseconds, and the calendar by which its days and hours are meant.
 */
export interface AskedTime {
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly calendar: Calendar;
}

/**
 * Reads the times of a query.
 * @throws ProblemError 400 if it ends before it begins
 */
export function askedTime(query: z.output<typeof timeOfUseQuery>, operators: Calendar): AskedTime {
  const calendar = query.timeZone === undefined ? operators : keptCalendarOf(query.timeZone);
  const [from, to] = [momentOf(query.from, calendar), momentOf(query.to, calendar)];
  if (from !== undefined && to !== undefined && to < from) {
    const detail = 'is before `from`';
    throw invalidArgument(`/to: ${detail}`, [{ pointer: '/to', detail }]);
  }
  return { from, to, calendar };
}
