import { z } from 'zod';
import { partyId, typeId } from '../ids.ts';
import { amount, positiveAmount, signedAmount } from '../money.ts';
import { period, posting, text } from '../vocabulary.ts';

export const walletId = typeId('wal');
export const postings = z.array(posting).min(2);
export const method = z.enum(['carrier-bill', 'payment-provider']);
/** Why, by a code of the public surface; what there was and what was asked, where the code is about an amount. */
export const refusal = { code: text(60), available: signedAmount.optional(), required: amount.optional() };
/** What a statement owes a party. */
export const earnings = { statementId: typeId('stm'), partyId, period, tokens: positiveAmount };
