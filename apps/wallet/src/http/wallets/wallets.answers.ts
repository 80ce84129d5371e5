import { type WalletEvent, walletStatus } from '@tokengrid/contracts';
import { type Answers, refusalOf } from '@tokengrid/service';
import { z } from 'zod';

export const WalletAnswer = z
  .strictObject({
    walletId: z.string(),
    partyId: z.string(),
    status: walletStatus,
    available: z.string().meta({ description: 'µAIT available to spend', example: '1250000' }),
    held: z.string().meta({ description: 'µAIT set aside for uses in progress', example: '0' }),
    debt: z.string().meta({
      description: 'µAIT owed for reversed purchases: incoming tokens pay it first, and nothing is spent before',
      example: '0',
    }),
    asOf: z
      .strictObject({ lane: z.int(), sequence: z.int() })
      .meta({ description: 'last event that changed this wallet, up to then' }),
  })
  .meta({ id: 'Wallet' });

export const WalletStatusAnswer = z
  .strictObject({ walletId: z.string(), status: walletStatus, reason: z.string().optional() })
  .meta({ id: 'WalletStatusChanged' });

/** Answers of a wallet's status. */
export const walletStatusAnswers = {
  WalletFrozen: ({ data: { walletId, status, reason } }) => ({ status: 200, body: { walletId, status, reason } }),
  WalletUnfrozen: ({ data: { walletId, status } }) => ({ status: 200, body: { walletId, status } }),
  WalletClosed: ({ data: { walletId, status } }) => ({ status: 200, body: { walletId, status } }),
  ClosureRefused: refusalOf,
  // If an incoming event reopens a closed wallet, that event answers.
  WalletReopened: ({ data: { walletId, status, by } }) =>
    by === undefined ? 'silent' : { status: 200, body: { walletId, status } },
  ReopeningRefused: refusalOf,
} satisfies Partial<Answers<WalletEvent>>;
