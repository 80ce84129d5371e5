import { z } from 'zod';

/** A time as callers write it, with or without fractions of a second, with any offset. Epoch milliseconds in code. */
export const sentTime = z.iso
  .datetime({ offset: true, error: 'must be a time such as "2026-01-31T08:00:00Z"' })
  .transform((text) => Date.parse(text))
  .refine((epochMs) => Number.isFinite(epochMs), 'must be a time that there is')
  .meta({ description: 'ISO 8601 with an offset', example: '2027-01-31T08:00:00.000Z' });
