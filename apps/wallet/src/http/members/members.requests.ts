import { typeId } from '@tokengrid/contracts';
import { z } from 'zod';
import { caps } from '../limits/limits.requests.ts';

export const MemberRequest = z.strictObject(caps).meta({
  id: 'MemberRequest',
  description: 'replaces earlier caps; without caps only the limits of the wallet count',
});
export type MemberRequest = z.output<typeof MemberRequest>;

/** Id of a party, or of a key of the wallet's owner. */
export const memberIdText = typeId('org', 'sub', 'key');
