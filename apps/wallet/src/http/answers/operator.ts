import type { WalletEvent } from '@tokengrid/contracts';
import type { Answers } from '@tokengrid/service';
import { z } from 'zod';
import { decimal } from './amounts.ts';

export const TokenPriceAnswer = z
  .strictObject({
    priceVersion: z.int(),
    currency: z.string(),
    buy: z.string(),
    sellBack: z.string(),
    effectiveFrom: z.string(),
  })
  .meta({ id: 'TokenPrice' });

export const CapacityDeclaredAnswer = z
  .strictObject({ tokens: decimal, version: z.int() })
  .meta({ id: 'CapacityDeclared' });

/** What the operator set for all wallets. */
export const operatorAnswers = {
  TokenPriceSet: ({ data }) => ({ status: 200, body: data }),
  CapacityDeclared: ({ data }) => ({ status: 200, body: data }),
} satisfies Partial<Answers<WalletEvent>>;
