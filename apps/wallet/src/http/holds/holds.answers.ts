import type { WalletEvent } from '@tokengrid/contracts';
import { type Answers, pageOf, refusalOf } from '@tokengrid/service';
import { z } from 'zod';
import { decimal } from '../amounts.ts';

export const HoldAnswer = z
  .strictObject({
    holdId: z.string(),
    walletId: z.string(),
    tokens: decimal.meta({ description: 'µAIT under the hold', example: '1250000' }),
    reason: z.string(),
    expiresAt: z.string(),
    status: z.literal('open'),
  })
  .meta({ id: 'PlacedHold' });

export const ExtendedHoldAnswer = z
  .strictObject({
    holdId: z.string(),
    walletId: z.string(),
    tokens: decimal.meta({ description: 'µAIT under the hold from now on', example: '1500000' }),
    expiresAt: z.string(),
    status: z.literal('open'),
  })
  .meta({ id: 'ExtendedHold' });

export const CaptureAnswer = z
  .strictObject({
    captureId: z.string(),
    holdId: z.string(),
    walletId: z.string(),
    tokens: decimal.meta({ description: 'µAIT taken, beyond the hold too', example: '1000000' }),
    shortfall: decimal.meta({ description: 'µAIT requested that were not available', example: '0' }),
    final: z.boolean(),
    held: decimal.meta({
      description: 'µAIT still under the hold; after the final capture they return to the wallet',
      example: '0',
    }),
    status: z.enum(['open', 'captured']).meta({ description: 'of the hold' }),
  })
  .meta({ id: 'Capture' });

export const ReleaseAnswer = z
  .strictObject({
    holdId: z.string(),
    walletId: z.string(),
    tokens: decimal.meta({ description: 'µAIT that went back', example: '250000' }),
    status: z.literal('released'),
  })
  .meta({ id: 'ReleasedHold' });

export const HoldStateAnswer = z
  .strictObject({
    holdId: z.string(),
    walletId: z.string(),
    status: z.enum(['open', 'captured', 'released', 'expired']),
    tokens: z.string().meta({ description: 'µAIT still under it', example: '1250000' }),
    captured: z.string().meta({ description: 'µAIT captured so far, including those beyond the hold', example: '0' }),
    shortfall: z.string().meta({ description: 'µAIT that captures requested and did not get', example: '0' }),
    memberIds: z.array(z.string()),
    reason: z.string(),
    placedAt: z.string(),
    expiresAt: z.string(),
  })
  .meta({ id: 'Hold' });

export const HoldsAnswer = pageOf(HoldStateAnswer).meta({ id: 'Holds' });

/** Answers of holds. */
export const holdAnswers = {
  HoldPlaced: ({ data: { holdId, walletId, tokens, reason, expiresAt } }) => ({
    status: 201,
    body: { holdId, walletId, tokens, reason, expiresAt, status: 'open' },
  }),
  HoldExtended: ({ data: { holdId, walletId, held, expiresAt } }) => ({
    status: 200,
    body: { holdId, walletId, tokens: held, expiresAt, status: 'open' },
  }),
  HoldCaptured: ({ data: { captureId, holdId, walletId, tokens, shortfall, final, held } }) => ({
    status: 201,
    body: {
      captureId,
      holdId,
      walletId,
      tokens,
      shortfall,
      final,
      held: final ? 0n : held,
      status: final ? 'captured' : 'open',
    },
  }),
  HoldReleased: ({ data: { holdId, walletId, tokens } }) => ({
    status: 200,
    body: { holdId, walletId, tokens, status: 'released' },
  }),
  HoldRefused: refusalOf,
  HoldExtensionRefused: refusalOf,
  CaptureRefused: refusalOf,
  HoldReleaseRefused: refusalOf,
} satisfies Partial<Answers<WalletEvent>>;
