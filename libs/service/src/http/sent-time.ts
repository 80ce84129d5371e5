import { readDay, readTime, type ReadTime } from '@tokengrid/contracts';
import { z } from 'zod';

/** Text that one of the readers of times understands, as epoch milliseconds. */
const readBy = (read: (text: string) => ReadTime) =>
  z.string().transform((text, context) => {
    const time = read(text);
    if ('epochMs' in time) return time.epochMs;
    context.addIssue({ code: 'custom', message: time.problem });
    return z.NEVER;
  });

/** A time as callers write it, by RFC 3339. Epoch milliseconds in code. */
export const sentTime = readBy(readTime).meta({
  description: 'RFC 3339, from 2000 to 9999 in UTC; digits after the milliseconds are dropped',
  format: 'date-time',
  example: '2027-01-31T08:00:00.000Z',
});

const dayAlone = /^\d{4}-\d\d-\d\d$/;

/** A time in a query, or a day: its first moment in UTC. Epoch milliseconds in code. */
export const sentTimeOrDay = readBy((text) => (dayAlone.test(text) ? readDay(text) : readTime(text))).meta({
  description: 'RFC 3339, or a day: its first moment in UTC; from 2000 to 9999',
  example: '2026-01-31',
});
