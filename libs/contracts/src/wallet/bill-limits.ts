import { z } from 'zod';
import { event } from '../event.ts';
import { minorUnits } from '../money.ts';
import { walletId } from './words.ts';

export const BillLimitSet = event(
  'BillLimitSet',
  "The operator set a wallet's own monthly bill limit, in place of the limit of all wallets.",
  z.strictObject({
    walletId,
    /** Minor units per calendar month of the operator; null: the limit of all wallets. */
    monthlyLimit: minorUnits.nullable(),
  }),
);

/** Events of a wallet's bill limit. */
export const billLimitEvents = [BillLimitSet] as const;
