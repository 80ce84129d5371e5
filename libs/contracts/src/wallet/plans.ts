import { z } from 'zod';
import { event } from '../event.ts';
import { amount, positiveAmount, sum } from '../money.ts';
import { instant, timeZone } from '../vocabulary.ts';
import { lot, lotTaken } from './lots.ts';
import { anyPostings, planId, refusalFields, walletId } from './words.ts';

/**
 * A wallet without a plan gets its first allotment at once (`TokensGranted`), less what the month's
 * earlier plans gave; a wallet with a plan keeps this month's allotment.
 */
export const PlanAssigned = event(
  'PlanAssigned',
  'The operator assigned a plan to a wallet, or changed its terms.',
  z.strictObject({
    walletId,
    planId,
    /** µAIT per calendar month of the operator. */
    tokens: positiveAmount,
    /** Maximum µAIT left after a reset. */
    rolloverCap: amount,
    transferable: z.boolean(),
    /** End of the month, in the operator's zone. */
    resetsAt: instant,
    timeZone,
  }),
);

export const PlanRefused = event(
  'PlanRefused',
  'A plan could not be assigned or ended.',
  z.strictObject({ walletId, ...refusalFields('assignPlan', 'endPlan') }),
);

export const PlanReset = event(
  'PlanReset',
  "A plan's month ended: unused tokens rolled over up to the plan's cap, the rest expired.",
  z.strictObject({
    walletId,
    planId,
    /** Unused lots. */
    lots: z.array(lotTaken),
    /** Lot of the rolled-over tokens; null: none. */
    rolledOver: lot.nullable(),
    /** µAIT. */
    expired: sum,
    /** End of the new month, in the operator's zone. */
    resetsAt: instant,
    timeZone,
    postings: anyPostings,
  }),
);

export const PlanRenewalRefused = event(
  'PlanRenewalRefused',
  "A plan's monthly allotment could not be issued yet.",
  z.strictObject({ walletId, planId, retryAt: instant, ...refusalFields('renewPlan') }),
);

/** Its remaining tokens stay until the month ends. */
export const PlanEnded = event('PlanEnded', "A wallet's plan ended.", z.strictObject({ walletId, planId }));

/** Events of plans. */
export const planEvents = [PlanAssigned, PlanRefused, PlanReset, PlanRenewalRefused, PlanEnded] as const;
