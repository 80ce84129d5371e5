import { z } from 'zod';
import { minorUnitsPerMonth } from '../amounts.ts';

export const BillLimitRequest = z
  .strictObject({ monthlyLimit: minorUnitsPerMonth.nullable() })
  .meta({ id: 'BillLimitRequest', description: 'null: the limit of all wallets' });
export type BillLimitRequest = z.output<typeof BillLimitRequest>;
