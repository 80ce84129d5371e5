import { z } from 'zod';
import { event } from '../event.ts';
import { mostUsesOfEvent, rating, reportedUse } from '../metering.ts';
import { partyId, typeId } from '../ids.ts';
import { positiveAmount, sum } from '../money.ts';
import { ofReport } from '../slices.ts';
import { text } from '../vocabulary.ts';
import { lotTaken } from './lots.ts';
import { memberIds } from './limits.ts';
import { anyPostings, onDay, refusalFields, walletId } from './words.ts';

const { reportedBy: _, ...use } = reportedUse;

/** A charged use, as rated by metering: a receipt states it by itself. */
export const chargedUse = z.strictObject({
  ...use,
  ...rating,
  tokens: positiveAmount,
  /** Members whose caps it counts against. */
  memberIds,
  /** What it took from each lot. */
  lots: z.array(lotTaken).min(1),
  /** What of it came out of the hold of the use's slice; absent: nothing. */
  held: z.array(lotTaken).min(1).optional(),
});
export type ChargedUse = z.output<typeof chargedUse>;

/** A use that the wallet could not cover: nothing was taken, and nobody earns from it. */
export const refusedUse = z.strictObject({
  usageId: typeId('usg'),
  chargeId: typeId('chg'),
  tokens: positiveAmount,
  slice: ofReport.optional(),
  ...refusalFields('chargeWallet'),
});
export type RefusedUse = z.output<typeof refusedUse>;

export const WalletCharged = event(
  'WalletCharged',
  "Rated uses of one payer were charged or refused, each by itself: what was taken is in the lane's escrow until the period is settled.",
  z.strictObject({
    walletId,
    /** Payer of the uses: the wallet's owner, or a member of it. */
    partyId,
    /** Id of the `UsageRated` event that the uses are from. */
    ratedBy: text(80),
    /** µAIT taken for all charged uses. */
    tokens: sum,
    /** The charged uses, in the order in which they were rated. */
    uses: z.array(chargedUse).max(mostUsesOfEvent),
    /** The refused ones, in the same order. */
    refused: z.array(refusedUse).max(mostUsesOfEvent),
    ...onDay,
    /** Empty where no use was charged. */
    postings: anyPostings,
  }),
);

/** Events of charges. */
export const chargeEvents = [WalletCharged] as const;
