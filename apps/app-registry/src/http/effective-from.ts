import { sentTime } from '@tokengrid/service';

/** Start of prices, as requested. */
export const effectiveFrom = sentTime
  .optional()
  .meta({ description: 'default: now; a past time means now; at most 400 days ahead' });
