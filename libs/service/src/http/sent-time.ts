import { readDay, readTime, type ReadTime } from '@tokengrid/contracts';
import type { Calendar } from '@tokengrid/kernel';
import { z } from 'zod';
import { timeZone } from '../config/settings.ts';

/** Schema of a text that one of the readers of times accepts. */
const readBy = <Sent>(read: (text: string) => ReadTime, sentAs: (epochMs: number, text: string) => Sent) =>
  z.string().transform((text, context) => {
    const time = read(text);
    if ('epochMs' in time) return sentAs(time.epochMs, text);
    context.addIssue({ code: 'custom', message: time.problem });
    return z.NEVER;
  });

/** A time in a caller's RFC 3339 notation; epoch milliseconds in code. */
export const sentTime = readBy(readTime, (epochMs) => epochMs).meta({
  description: 'RFC 3339, from 2000 to 9999 in UTC; digits after the milliseconds are dropped',
  format: 'date-time',
  example: '2027-01-31T08:00:00.000Z',
});

const dayAlone = /^\d{4}-\d\d-\d\d$/;

/** A time in a query, or a day of the operator; {@link momentOf} resolves it. */
export type SentTimeOrDay = { readonly epochMs: number } | { readonly day: string };

export const sentTimeOrDay = readBy(
  (text) => (dayAlone.test(text) ? readDay(text) : readTime(text)),
  (epochMs, text): SentTimeOrDay => (dayAlone.test(text) ? { day: text } : { epochMs }),
).meta({
  description: 'RFC 3339, or a day: its first moment in `timeZone`; from 2000 to 9999',
  example: '2026-01-31',
});

/** A time zone in a query, whose days and hours are meant; absent: the operator's. */
export const askedTimeZone = timeZone('must be ')
  .optional()
  .meta({ description: "IANA name of a time zone; the operator's by default", example: 'Asia/Kathmandu' });

/** The time sent, or the start of the day sent; epoch milliseconds. */
export const momentOf = (sent: SentTimeOrDay | undefined, calendar: Calendar): number | undefined => {
  if (sent === undefined) return undefined;
  return 'day' in sent ? calendar.startOfDay(sent.day) : sent.epochMs;
};
