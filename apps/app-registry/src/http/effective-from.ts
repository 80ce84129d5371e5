import { sentTime } from '@tokengrid/service';

/** Start of prices, as requested. */
export const effectiveFrom = sentTime.optional().meta({
  description:
    "default: now for the first one, the operator's notice ahead for the next; an earlier time means that, too; at most 400 days ahead",
});
