import type { WalletEvent } from '@tokengrid/contracts';
import { type Answers, refusalOf } from '@tokengrid/service';
import { z } from 'zod';
import { decimal } from '../amounts.ts';

export const GrantAnswer = z
  .strictObject({
    grantId: z.string(),
    walletId: z.string(),
    tokens: decimal,
    source: z.string(),
    expiresAt: z.string().nullable(),
    transferable: z.boolean(),
  })
  .meta({ id: 'Grant' });

/** Answers of grants. */
export const grantAnswers = {
  TokensGranted: ({ data: { grantId, walletId, tokens, lot } }) => ({
    status: 201,
    body: { grantId, walletId, tokens, source: lot.source, expiresAt: lot.expiresAt, transferable: lot.transferable },
  }),
  GrantRefused: refusalOf,
} satisfies Partial<Answers<WalletEvent>>;
