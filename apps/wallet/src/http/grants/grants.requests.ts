import { sentTime } from '@tokengrid/service';
import { z } from 'zod';
import { tokens } from '../amounts.ts';

export const GrantRequest = z
  .strictObject({
    tokens,
    source: z.enum(['plan', 'promotion']),
    expiresAt: sentTime.optional(),
    transferable: z.boolean(),
  })
  .meta({ id: 'GrantRequest', description: 'without expiresAt the tokens never expire' });
export type GrantRequest = z.output<typeof GrantRequest>;
