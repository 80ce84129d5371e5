import { z } from 'zod';
import { event } from '../event.ts';
import { positiveSum } from '../money.ts';
import { lotTaken } from './lots.ts';
import { postings, walletId } from './words.ts';

/** Stated before any other event of a wallet whose lots are due. */
export const TokensExpired = event(
  'TokensExpired',
  'Tokens expired unused.',
  z.strictObject({ walletId, tokens: positiveSum, lots: z.array(lotTaken).min(1), postings }),
);

/** Events of expiry. */
export const expiryEvents = [TokensExpired] as const;
