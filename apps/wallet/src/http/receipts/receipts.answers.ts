import { receiptKey } from '@tokengrid/contracts';
import { z } from 'zod';

export const KeysAnswer = z
  .strictObject({ keys: z.array(receiptKey) })
  .meta({ id: 'ReceiptKeys', description: 'a JWKS (RFC 7517)' });
