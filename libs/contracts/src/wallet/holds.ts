import { z } from 'zod';
import { event } from '../event.ts';
import { typeId } from '../ids.ts';
import { positiveAmount, positiveSum, sum } from '../money.ts';
import { instant, posting, text } from '../vocabulary.ts';
import { memberIds } from './limits.ts';
import { lotTaken } from './lots.ts';
import { onDay, postings, refusal, walletId } from './words.ts';

const hold = { walletId, holdId: typeId('hld') };
/** Of what moved nothing there are none. */
const anyPostings = z.array(posting);
/** What came back to a wallet out of a hold, by the lots that it came from; a hold that was captured wholly gives back nothing. */
const back = { ...hold, tokens: sum, lots: z.array(lotTaken), postings: anyPostings };

export const HoldPlaced = event(
  'HoldPlaced',
  'Tokens were set aside for a use that is under way.',
  z.strictObject({
    ...hold,
    tokens: positiveAmount,
    reason: text(140),
    memberIds,
    expiresAt: instant,
    lots: z.array(lotTaken).min(1),
    postings,
  }),
);
export const HoldRefused = event(
  'HoldRefused',
  'A hold was refused.',
  z.strictObject({ ...hold, tokens: positiveAmount, ...refusal }),
);
export const HoldExtended = event(
  'HoldExtended',
  'More tokens were set aside under a hold.',
  z.strictObject({
    ...hold,
    tokens: positiveAmount,
    /** µAIT under the hold from now on. */
    held: positiveSum,
    memberIds,
    expiresAt: instant,
    lots: z.array(lotTaken).min(1),
    postings,
  }),
);
export const HoldExtensionRefused = event(
  'HoldExtensionRefused',
  'A hold could not be extended; it stays as it was.',
  z.strictObject({ ...hold, tokens: positiveAmount, ...refusal }),
);
export const HoldCaptured = event(
  'HoldCaptured',
  'Tokens under a hold were used, and those beyond it that were asked for and there; they are redeemed.',
  z.strictObject({
    ...hold,
    captureId: typeId('cap'),
    /** µAIT taken: out of the hold, and beyond it. */
    tokens: sum,
    /** µAIT asked for that neither the hold nor the wallet had. */
    shortfall: sum,
    /** Whether it was the hold's last: what is left under it goes back. */
    final: z.boolean(),
    /** µAIT still under the hold. */
    held: sum,
    ...onDay,
    memberIds,
    /** Lots taken out of the hold. */
    lots: z.array(lotTaken),
    /** Lots taken beyond it. */
    beyond: z.array(lotTaken),
    postings: anyPostings,
  }),
);
export const CaptureRefused = event(
  'CaptureRefused',
  'A capture was refused; nothing was taken.',
  z.strictObject({ ...hold, captureId: typeId('cap'), tokens: positiveAmount, ...refusal }),
);
export const HoldReleased = event(
  'HoldReleased',
  'A hold was given up, or captured for the last time: what was left under it can be spent again.',
  z.strictObject(back),
);
export const HoldReleaseRefused = event(
  'HoldReleaseRefused',
  'A hold was to be given up that was resolved already.',
  z.strictObject({ ...hold, code: text(60) }),
);
export const HoldExpired = event(
  'HoldExpired',
  'A hold reached its end: what was left under it can be spent again.',
  z.strictObject(back),
);

/** What is set aside, and what becomes of it. */
export const holdEvents = [
  HoldPlaced,
  HoldRefused,
  HoldExtended,
  HoldExtensionRefused,
  HoldCaptured,
  CaptureRefused,
  HoldReleased,
  HoldReleaseRefused,
  HoldExpired,
] as const;
