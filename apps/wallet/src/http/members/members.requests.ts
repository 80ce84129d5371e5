import { typeId } from '@tokengrid/contracts';
import { z } from 'zod';
import { tokens } from '../amounts.ts';
import { caps } from '../limits/limits.requests.ts';

export const MemberRequest = z
  .strictObject({ ...caps, total: tokens.optional().meta({ description: 'maximum µAIT spent in all' }) })
  .meta({
    id: 'MemberRequest',
    description: 'replaces earlier caps; without caps only the limits of the wallet count',
  });
export type MemberRequest = z.output<typeof MemberRequest>;

/** Id of a party, or of a key of the wallet's owner. */
export const memberIdText = typeId('org', 'sub', 'key');
