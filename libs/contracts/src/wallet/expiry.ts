import { z } from 'zod';
import { event } from '../event.ts';
import { positiveSum } from '../money.ts';
import { lotTaken } from './lots.ts';
import { postings, walletId } from './words.ts';

/** Stated before whatever else is decided about a wallet, once its lots are due. */
export const TokensExpired = event(
  'TokensExpired',
  'Tokens reached their end unused.',
  z.strictObject({ walletId, tokens: positiveSum, lots: z.array(lotTaken).min(1), postings }),
);

/** What happens to tokens by themselves. */
export const expiryEvents = [TokensExpired] as const;
