import { z } from 'zod';
import { event } from '../event.ts';
import { minorUnits } from '../money.ts';
import { walletId } from './words.ts';

export const BillLimitSet = event(
  'BillLimitSet',
  "The operator set what the carrier may bill a wallet's party per month, in place of what it set for all.",
  z.strictObject({
    walletId,
    /** Minor units per calendar month of the operator's; null: what holds for all. */
    monthlyLimit: minorUnits.nullable(),
  }),
);

/** What one wallet's party may have billed. */
export const billLimitEvents = [BillLimitSet] as const;
