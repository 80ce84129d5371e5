import { z } from 'zod';

/** A time in a query, or a day: its first moment in UTC. Epoch milliseconds. */
export const timeBound = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], {
    error: 'must be a time such as "2026-01-31T08:00:00Z", or a day such as "2026-01-31"',
  })
  .transform((text) => Date.parse(text))
  .optional();
