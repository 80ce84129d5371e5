import { sentTime } from '@tokengrid/service';

/** When prices are to take effect, as requests say it. */
export const effectiveFrom = sentTime
  .optional()
  .meta({ description: 'now, unless said; a time that has passed means now, too; at most 400 days ahead' });
