import { z } from 'zod';
import { event } from '../event.ts';
import { countedIn, mostUsesOfEvent, ratedLine, rating, reportedUse, setOffLine, signedShare } from '../metering.ts';
import { partyId, typeId } from '../ids.ts';
import { positiveAmount, sum } from '../money.ts';
import { period, signedUnits, text } from '../vocabulary.ts';
import { lotTaken, lotTerms } from './lots.ts';
import { memberIds } from './limits.ts';
import { anyPostings, onDay, refusalFields, walletId } from './words.ts';

const { reportedBy: _, ...use } = reportedUse;

/** Subscription's period in which a use counts: the period's uses give back of each other. */
export const periodOfUse = countedIn.pick({ subscriptionId: true, from: true });
export type PeriodOfUse = z.output<typeof periodOfUse>;

/** A line as rated, or what was set off. */
const chargeLine = z.discriminatedUnion('kind', [...ratedLine.options, setOffLine]);
export type ChargeLine = z.output<typeof chargeLine>;

/**
 * Most shares of a use: a waiting one has those of the uses that lowered it, whose models others
 * may offer.
 */
const mostShares = 100;
const shares = z.array(signedShare).min(1).max(mostShares);

/** What metering stated of a use, or of a correction of it: then its differences. */
const statedUse = {
  ...use,
  ...rating,
  units: signedUnits,
  /** Number of the correction, the last of those that are charged together; absent: of none. */
  number: z.int().min(1).optional(),
  lines: z.array(chargeLine).max(400),
  shares,
  /** Absent where the use alone determines its cost. */
  countsIn: periodOfUse.optional(),
};

/** Of a use that waited: the use of its period that lowered it or ended its wait. */
const setOff = { setOffBy: typeId('usg').optional() };

/** A charged use, as rated by metering: a receipt states it by itself. */
export const chargedUse = z.strictObject({
  ...statedUse,
  tokens: positiveAmount,
  /** Members whose caps it counts against. */
  memberIds,
  /** What it took from each lot. */
  lots: z.array(lotTaken).min(1),
  /** True for a corrected use that nothing was charged for before: it counts as a use by this. */
  first: z.literal(true).optional(),
  /** What of it came out of the hold of the use's slice; absent: nothing. */
  held: z.array(lotTaken).min(1).optional(),
});
export type ChargedUse = z.output<typeof chargedUse>;

/**
 * A use that the wallet could not cover: nothing was taken, and nobody earns from it. It waits, in
 * place of what waited of the same use before, and is charged when tokens come.
 */
export const refusedUse = z.strictObject({
  ...statedUse,
  tokens: positiveAmount,
  ...setOff,
  ...refusalFields('chargeWallet'),
});
export type RefusedUse = z.output<typeof refusedUse>;

/** Tokens of one charge that go back: to the lots that they were taken from, or to their like. */
export const returnedCharge = z.strictObject({
  /** Day on which they were charged, which counts for the limits of that day and month. */
  day: period,
  /** Members whose caps they counted against. */
  memberIds,
  /** What returns of each lot, and the lot of the same terms into which, if not the same. */
  lots: z.array(lotTaken.extend({ into: z.string().optional() })).min(1),
});
export type ReturnedCharge = z.output<typeof returnedCharge>;

/** Most charges and lots of which one refund gives tokens back. */
export const mostReturned = 500;

/**
 * A correction that costs nothing more: what was charged for the use beyond its price goes back,
 * and what waited of it waits no longer. Or a use that makes its period cheaper: it lowers what
 * waits of the period, and gives the rest back of what was charged for it.
 */
export const refundedUse = z.strictObject({
  ...statedUse,
  /** µAIT given back; 0 if nothing but the shares changed, or what waited ended. */
  tokens: sum,
  returned: z.array(returnedCharge).max(mostReturned),
  ...setOff,
  /** What this event gives nothing back for: another one does, perhaps of another wallet. */
  left: z.strictObject({ tokens: positiveAmount, shares }).optional(),
});
export type RefundedUse = z.output<typeof refundedUse>;

export const WalletCharged = event(
  'WalletCharged',
  "Uses of one payer were charged, refused or refunded, each by itself: what was taken is in the lane's escrow until the period is settled.",
  z.strictObject({
    walletId,
    /** Payer of the uses: the wallet's owner, or a member of it. */
    partyId,
    /**
     * Id of the event of metering that stated the uses; absent: an earlier event of a wallet names
     * it.
     */
    ratedBy: text(80).optional(),
    /** µAIT taken for all charged uses. */
    tokens: sum,
    /** µAIT given back for all refunded ones. */
    givenBack: sum,
    /** The charged uses, in the order in which they were rated. */
    uses: z.array(chargedUse).max(mostUsesOfEvent),
    /** The refused ones, in the same order. */
    refused: z.array(refusedUse).max(mostUsesOfEvent),
    /** The refunded ones, in the same order. */
    refunded: z.array(refundedUse).max(3 * mostUsesOfEvent),
    /** Terms of the lots of all of them. */
    lotTerms: z.array(lotTerms),
    ...onDay,
    /** Empty where nothing moved. */
    postings: anyPostings,
  }),
);

/** Events of charges. */
export const chargeEvents = [WalletCharged] as const;
