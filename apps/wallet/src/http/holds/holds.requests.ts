import { text } from '@tokengrid/contracts';
import { pageQuery } from '@tokengrid/service';
import { z } from 'zod';
import { tokens } from '../amounts.ts';

/** Maximum time to a hold's expiry without an extension: 31 days, in seconds. */
const longestHold = 31 * 24 * 3600;

const expiresInSeconds = z
  .int()
  .min(1)
  .max(longestHold)
  .meta({ description: 'from now; at most 31 days', example: 600 });

export const HoldRequest = z
  .strictObject({ tokens, expiresInSeconds, reason: text(140) })
  .meta({ id: 'HoldRequest', description: 'sets tokens aside for a use in progress' });
export type HoldRequest = z.output<typeof HoldRequest>;

export const ExtendHoldRequest = z.strictObject({ tokens, expiresInSeconds: expiresInSeconds.optional() }).meta({
  id: 'ExtendHoldRequest',
  description: 'adds tokens; without expiresInSeconds the expiry stays',
});
export type ExtendHoldRequest = z.output<typeof ExtendHoldRequest>;

export const CaptureRequest = z
  .strictObject({
    tokens,
    final: z.boolean().meta({ description: 'true: the last capture, the rest returns to the wallet' }),
  })
  .meta({ id: 'CaptureRequest' });
export type CaptureRequest = z.output<typeof CaptureRequest>;

export const HoldsQuery = pageQuery.extend({
  status: z.enum(['open', 'captured', 'released', 'expired']).optional().meta({ description: 'Status of the holds' }),
});
export type HoldsQuery = z.output<typeof HoldsQuery>;
