import type { WalletEvent } from '@tokengrid/contracts';
import type { Answers } from '@tokengrid/service';
import { z } from 'zod';
import { decimal } from './amounts.ts';
import { refusal } from './refusal.ts';

export const TransferAnswer = z
  .strictObject({
    transferId: z.string(),
    fromWalletId: z.string(),
    toWalletId: z.string(),
    tokens: decimal,
    memo: z.string().optional(),
    status: z.literal('sent'),
  })
  .meta({ id: 'Transfer' });

/** What one wallet sent to another. */
export const transferAnswers = {
  TokensSent: ({ data: { transferId, walletId, toWalletId, tokens, memo } }) => ({
    status: 201,
    body: { transferId, fromWalletId: walletId, toWalletId, tokens, memo, status: 'sent' },
  }),
  TransferRefused: refusal,
} satisfies Partial<Answers<WalletEvent>>;
