import { z } from 'zod';
import { event } from '../event.ts';
import { positiveAmount, sum } from '../money.ts';
import { text } from '../vocabulary.ts';
import { onDay, walletId } from './words.ts';

/** Who spends from a wallet under a cap: another party by its id, or the owner's own by the id of an API key. */
export const memberId = text(60);

/** µAIT that may be spent in a day and in a month of the operator's; absent: no limit. */
const caps = { daily: positiveAmount.optional(), monthly: positiveAmount.optional() };

export const SpendLimitsSet = event(
  'SpendLimitsSet',
  'What a wallet may spend was limited, or is not any more.',
  z.strictObject({
    walletId,
    ...caps,
    /** Percentages of the limits that raise an alert when they are reached. */
    alertsAt: z.array(z.int().min(1).max(100)).max(10),
  }),
);

/** Stated after the event that reached it, or that set the limit, once for each threshold, day and month. */
export const SpendAlertRaised = event(
  'SpendAlertRaised',
  'The spending of a wallet has reached a part of its limit.',
  z.strictObject({
    walletId,
    window: z.enum(['day', 'month']),
    ...onDay,
    percent: z.int().min(1).max(100),
    spent: sum,
    limit: positiveAmount,
  }),
);

export const MemberSet = event(
  'MemberSet',
  'A member may spend from a wallet, up to its caps.',
  z.strictObject({ walletId, memberId, ...caps }),
);
export const MemberRefused = event(
  'MemberRefused',
  'A wallet took no more members, or has no such member.',
  z.strictObject({ walletId, memberId, code: text(60) }),
);
export const MemberRemoved = event(
  'MemberRemoved',
  'A member may not spend from a wallet any more.',
  z.strictObject({ walletId, memberId }),
);

/** How much may be spent, and by whom. */
export const limitEvents = [SpendLimitsSet, SpendAlertRaised, MemberSet, MemberRefused, MemberRemoved] as const;
