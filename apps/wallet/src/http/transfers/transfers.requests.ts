import { text, typeId } from '@tokengrid/contracts';
import { z } from 'zod';
import { tokens } from '../amounts.ts';

export const TransferRequest = z
  .strictObject({ toWalletId: typeId('wal'), tokens, memo: text(140).optional() })
  .meta({ id: 'TransferRequest' });
export type TransferRequest = z.output<typeof TransferRequest>;
