import { z } from 'zod';
import { event } from '../event.ts';
import { positiveAmount, sum } from '../money.ts';
import { text } from '../vocabulary.ts';
import { onDay, partyRevision, walletId } from './words.ts';
import { codesOf } from '../refusals/commands.ts';
import { walletRefusals } from '../refusals/wallet.ts';

/**
 * A spender of a wallet under a cap: another party, by its id, or an API key of the owner, by the
 * key's id.
 */
export const memberId = text(60);

/**
 * Members whose caps an action counts against: the acting member party, then the capped keys that
 * the acting key is or descends from. Absent if there is none.
 */
export const memberIds = z.array(memberId).min(1).max(100).optional();

/** Spend caps in µAIT per day and per month of the operator; absent: no limit. */
const caps = { daily: positiveAmount.optional(), monthly: positiveAmount.optional() };

export const SpendLimitsSet = event(
  'SpendLimitsSet',
  "A wallet's spend limits were set or removed.",
  z.strictObject({
    walletId,
    ...caps,
    /** Alert thresholds, in percent of the limits. */
    alertsAt: z.array(z.int().min(1).max(100)).max(10),
  }),
);

export const SpendLimitsRefused = event(
  'SpendLimitsRefused',
  "A change of a wallet's limits was refused: the key has a cap itself.",
  z.strictObject({ walletId, code: codesOf(walletRefusals, 'setSpendLimits') }),
);

/**
 * Stated after the event that reached the threshold or set the limit, once for each threshold, day
 * and month.
 */
export const SpendAlertRaised = event(
  'SpendAlertRaised',
  'The spending of a wallet reached an alert threshold of its limit.',
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
  "A member's caps in a wallet were set.",
  z.strictObject({ walletId, memberId, ...caps, total: positiveAmount.optional() }),
);
export const MemberRefused = event(
  'MemberRefused',
  'A change of members was refused: too many members, no such member, or a key with a cap itself.',
  z.strictObject({
    walletId,
    memberId,
    code: codesOf(walletRefusals, 'setMember', 'removeMember', 'suspendMember', 'reinstateMember'),
  }),
);
export const MemberRemoved = event(
  'MemberRemoved',
  'A member was removed from a wallet.',
  z.strictObject({ walletId, memberId }),
);

/**
 * Stated in every wallet of which the suspended party is a member; a late command states the
 * current state again.
 */
export const MemberSuspended = event(
  'MemberSuspended',
  'A member was suspended: it spends nothing from the wallet, and is charged for nothing there, until it is reinstated.',
  z.strictObject({ walletId, memberId, partyRevision }),
);
export const MemberReinstated = event(
  'MemberReinstated',
  'A suspended member was reinstated: it may spend from the wallet again, up to its caps.',
  z.strictObject({ walletId, memberId, partyRevision }),
);

/** Events of limits and members. */
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
