import { z } from 'zod';
import { modelName, slug } from '../app-registry.ts';
import { event } from '../event.ts';
import { positiveAmount } from '../money.ts';
import { typeId } from '../ids.ts';
import { instant, text, units } from '../vocabulary.ts';
import { lotTaken } from './lots.ts';
import { memberIds } from './limits.ts';
import { onDay, postings, refusalFields, walletId } from './words.ts';

const charge = { walletId, chargeId: typeId('chg'), usageId: typeId('usg'), tokens: positiveAmount };

/** Use of a charge, as rated by metering: a receipt states it by itself. */
export const chargedUse = z.strictObject({
  /** `source` and `id` of the CloudEvent that reported it. */
  source: text(500),
  eventId: text(255),
  app: slug.optional(),
  model: modelName.optional(),
  units,
  priceVersion: text(300),
  /** Time of use. */
  time: instant,
});
export type ChargedUse = z.output<typeof chargedUse>;

export const WalletCharged = event(
  'WalletCharged',
  "A rated use was charged: its tokens are in the lane's escrow until the period is settled.",
  z.strictObject({
    ...charge,
    use: chargedUse,
    ...onDay,
    memberIds,
    lots: z.array(lotTaken),
    postings,
  }),
);

export const ChargeRefused = event(
  'ChargeRefused',
  'A charge was refused: the wallet could not cover the rated use, and nothing was taken.',
  z.strictObject({ ...charge, ...refusalFields('chargeWallet') }),
);

/** Events of charges. */
export const chargeEvents = [WalletCharged, ChargeRefused] as const;
