import { z } from 'zod';
import { event } from '../event.ts';
import { positiveAmount } from '../money.ts';
import { typeId } from '../ids.ts';
import { lotTaken } from './lots.ts';
import { postings, refusal, walletId } from './words.ts';

const charge = { walletId, chargeId: typeId('chg'), usageId: typeId('usg'), tokens: positiveAmount };

export const WalletCharged = event(
  'WalletCharged',
  "A rated use was paid for: its tokens are in the lane's escrow until the period is settled.",
  z.strictObject({ ...charge, lots: z.array(lotTaken), postings }),
);

export const ChargeRefused = event(
  'ChargeRefused',
  'A wallet could not cover a rated use; nothing was taken.',
  z.strictObject({ ...charge, ...refusal }),
);

/** What rated uses cost. */
export const chargeEvents = [WalletCharged, ChargeRefused] as const;
