import { z } from 'zod';
import { event } from '../event.ts';
import { partyId, typeId } from '../ids.ts';
import { positiveAmount, positiveSum, sum } from '../money.ts';
import { grantedSlice, heldSlice, recallReasons, sliceId } from '../metering/slices.ts';
import { instant, posting, text } from '../vocabulary.ts';
import { memberIds } from './limits.ts';
import { lotTaken } from './lots.ts';
import { onDay, postings, refusalFields, walletId } from './words.ts';
import { codesOf } from '../refusals/commands.ts';
import { walletRefusals } from '../refusals/wallet.ts';

const hold = { walletId, holdId: typeId('hld') };
/** Most open holds of a wallet: its state is written with every batch that changes it. */
export const mostOpenHolds = 256;
/** Postings of a hold event; empty if nothing moved. */
const anyPostings = z.array(posting);
/** Tokens that a hold gave back, by lot; none for a hold that was captured completely. */
const back = { ...hold, tokens: sum, lots: z.array(lotTaken), postings: anyPostings };

export const HoldPlaced = event(
  'HoldPlaced',
  'Tokens were set aside for a use in progress.',
  z.strictObject({
    ...hold,
    /** µAIT; 0 for a slice of which some uses cost nothing. */
    tokens: sum,
    reason: text(140),
    memberIds,
    expiresAt: instant,
    /** The slice that it is under; absent: a caller's own hold. */
    slice: grantedSlice.optional(),
    lots: z.array(lotTaken),
    postings: anyPostings,
  }),
);
export const HoldRefused = event(
  'HoldRefused',
  'A hold was refused.',
  z.strictObject({
    ...hold,
    tokens: positiveAmount,
    slice: heldSlice.optional(),
    ...refusalFields('placeHold', 'holdSlice'),
  }),
);
export const HoldExtended = event(
  'HoldExtended',
  'A hold was extended: in tokens, in time, or in both.',
  z.strictObject({
    ...hold,
    tokens: sum,
    /** µAIT under the hold after the event. */
    held: sum,
    memberIds,
    expiresAt: instant,
    slice: grantedSlice.optional(),
    lots: z.array(lotTaken),
    postings: anyPostings,
  }),
);
export const HoldExtensionRefused = event(
  'HoldExtensionRefused',
  'An extension of a hold was refused; the hold is unchanged.',
  z.strictObject({ ...hold, tokens: sum, slice: heldSlice.optional(), ...refusalFields('extendHold', 'renewSlice') }),
);
export const HoldReduced = event(
  'HoldReduced',
  'Tokens under the hold of a slice were given back before its end: they can be spent again.',
  z.strictObject({
    ...hold,
    tokens: positiveSum,
    /** µAIT under the hold after the event. */
    held: sum,
    lots: z.array(lotTaken).min(1),
    postings,
  }),
);
export const HoldsRecalled = event(
  'HoldsRecalled',
  'Slices of a wallet are called back: it may not spend any more, or their tokens are needed elsewhere.',
  z.strictObject({
    walletId,
    reason: z.enum(recallReasons),
    slices: z.array(z.strictObject({ sliceId, partyId })).min(1).max(mostOpenHolds),
  }),
);
export const HoldCaptured = event(
  'HoldCaptured',
  'Tokens under a hold, and available ones beyond it, were captured; they are redeemed.',
  z.strictObject({
    ...hold,
    captureId: typeId('cap'),
    /** µAIT taken: out of the hold, and beyond it. */
    tokens: sum,
    /** µAIT requested that neither the hold nor the wallet had. */
    shortfall: sum,
    /** True if it was the hold's last capture: the rest goes back. */
    final: z.boolean(),
    /** µAIT still under the hold. */
    held: sum,
    ...onDay,
    memberIds,
    /** Lots taken out of the hold. */
    lots: z.array(lotTaken),
    /** Lots taken beyond the hold. */
    beyond: z.array(lotTaken),
    postings: anyPostings,
  }),
);
export const CaptureRefused = event(
  'CaptureRefused',
  'A capture was refused; nothing was taken.',
  z.strictObject({ ...hold, captureId: typeId('cap'), tokens: positiveAmount, ...refusalFields('captureHold') }),
);
export const HoldReleased = event(
  'HoldReleased',
  'A hold was released, or captured for the last time: the rest can be spent again.',
  z.strictObject(back),
);
export const HoldReleaseRefused = event(
  'HoldReleaseRefused',
  'A release was refused: the hold was already resolved.',
  z.strictObject({ ...hold, code: codesOf(walletRefusals, 'releaseHold', 'releaseSlice') }),
);
export const HoldExpired = event('HoldExpired', 'A hold expired: the rest can be spent again.', z.strictObject(back));

/** Events of holds. */
export const holdEvents = [
  HoldPlaced,
  HoldRefused,
  HoldExtended,
  HoldExtensionRefused,
  HoldReduced,
  HoldsRecalled,
  HoldCaptured,
  CaptureRefused,
  HoldReleased,
  HoldReleaseRefused,
  HoldExpired,
] as const;
