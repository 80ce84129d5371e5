import { z } from 'zod';
import { event } from '../event.ts';
import { positiveAmount, sum } from '../money.ts';
import { text } from '../vocabulary.ts';
import { onDay, partyRevision, walletId } from './words.ts';

/** Who spends from a wallet under a cap: another party by its id, or the owner's own by the id of an API key. */
export const memberId = text(60);

/**
 * The members that an action binds: the member party whose it is, then the keys with a cap that the acting key is or descends from. It counts
 * against the caps of each. Absent where there is none.
 */
export const memberIds = z.array(memberId).min(1).max(100).optional();

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

export const SpendLimitsRefused = event(
  'SpendLimitsRefused',
  "A wallet's limits were to be changed by a key that is under a cap itself.",
  z.strictObject({ walletId, code: text(60) }),
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
  'A wallet took no more members, has no such member, or was asked by a key that is under a cap itself.',
  z.strictObject({ walletId, memberId, code: text(60) }),
);
export const MemberRemoved = event(
  'MemberRemoved',
  'A member may not spend from a wallet any more.',
  z.strictObject({ walletId, memberId }),
);

/** In every wallet that a suspended party is a member of; stated again for a command that comes late, with what holds. */
export const MemberSuspended = event(
  'MemberSuspended',
  'A member was suspended: until it is reinstated it spends nothing from the wallet, and is charged for nothing there.',
  z.strictObject({ walletId, memberId, partyRevision }),
);
export const MemberReinstated = event(
  'MemberReinstated',
  'A suspended member may spend from the wallet again, up to its caps.',
  z.strictObject({ walletId, memberId, partyRevision }),
);

/** How much may be spent, and by whom. */
export const limitEvents = [
  SpendLimitsSet,
  SpendLimitsRefused,
  SpendAlertRaised,
  MemberSet,
  MemberRefused,
  MemberRemoved,
  MemberSuspended,
  MemberReinstated,
] as const;
