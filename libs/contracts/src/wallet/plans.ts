import { z } from 'zod';
import { event } from '../event.ts';
import { amount, positiveAmount, sum } from '../money.ts';
import { instant, timeZone } from '../vocabulary.ts';
import { lot, lotTaken } from './lots.ts';
import { anyPostings, planId, refusal, walletId } from './words.ts';

/**
 * A wallet without a plan gets its first allotment with it (`TokensGranted`), as far as the month's earlier plans have not given as
 * much; one that has a plan keeps this month's.
 */
export const PlanAssigned = event(
  'PlanAssigned',
  "The operator gave a wallet a plan, or changed its plan's terms.",
  z.strictObject({
    walletId,
    planId,
    /** µAIT per calendar month of the operator's. */
    tokens: positiveAmount,
    /** Most µAIT that are still there after a reset. */
    rolloverCap: amount,
    transferable: z.boolean(),
    /** When the month ends, in the operator's zone. */
    resetsAt: instant,
    timeZone,
  }),
);

export const PlanRefused = event(
  'PlanRefused',
  'A plan could not be assigned or ended.',
  z.strictObject({ walletId, ...refusal }),
);

export const PlanReset = event(
  'PlanReset',
  "A plan's month is over: what was not used rolls over up to the plan's cap, the rest has expired.",
  z.strictObject({
    walletId,
    planId,
    /** What had not been used. */
    lots: z.array(lotTaken),
    /** What is still there of it; null: nothing. */
    rolledOver: lot.nullable(),
    /** µAIT. */
    expired: sum,
    /** When the new month ends, in the operator's zone. */
    resetsAt: instant,
    timeZone,
    postings: anyPostings,
  }),
);

export const PlanRenewalRefused = event(
  'PlanRenewalRefused',
  "A plan's allotment for the month could not be issued yet.",
  z.strictObject({ walletId, planId, retryAt: instant, ...refusal }),
);

/** What is left of its tokens stays until the month ends. */
export const PlanEnded = event('PlanEnded', "A wallet's plan ended.", z.strictObject({ walletId, planId }));

/** What a plan gives every month, and what becomes of it. */
export const planEvents = [PlanAssigned, PlanRefused, PlanReset, PlanRenewalRefused, PlanEnded] as const;
