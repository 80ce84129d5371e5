import { z } from 'zod';
import { event } from '../event.ts';
import { fiat, positiveAmount } from '../money.ts';
import { instant } from '../vocabulary.ts';
import { quoteId, refusalFields, walletId } from './words.ts';

/** Direction of the tokens: bought by the party, or sold back. */
export const side = z.enum(['buy', 'sell']);
export type Side = z.output<typeof side>;

const quote = { walletId, quoteId, side, tokens: positiveAmount };

export const PriceQuoted = event(
  'PriceQuoted',
  'The operator guaranteed a wallet a price for a time, whatever it posts meanwhile.',
  z.strictObject({ ...quote, price: fiat, priceVersion: z.int(), expiresAt: instant }),
);

export const QuoteRefused = event(
  'QuoteRefused',
  'A quote was refused.',
  z.strictObject({ ...quote, ...refusalFields('quotePrice') }),
);

/** Events of quotes. A purchase or sale that names a quote uses it up. */
export const quoteEvents = [PriceQuoted, QuoteRefused] as const;
