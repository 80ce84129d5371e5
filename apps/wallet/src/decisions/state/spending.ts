import { monthOf } from '@tokengrid/kernel';
import type { CountedSince } from './counters.ts';
import { withCounted } from './counters.ts';
import type { Hold } from './holds.ts';
import { sumOf } from './lots.ts';
import type { Suspension } from './suspension.ts';

/** µAIT that may be spent in a day and in a month of the operator's; null: no limit. */
export interface Caps {
  readonly daily: bigint | null;
  readonly monthly: bigint | null;
}

/** What an owner lets be spent from a wallet, and at which percentages of it an alert is raised. */
export interface SpendLimits extends Caps {
  readonly alertsAt: readonly number[];
}

/** µAIT spent on the last day on which anything was, and in its month. */
export interface Spent {
  /** `YYYY-MM-DD`; empty before the first time. */
  readonly day: string;
  readonly onDay: bigint;
  readonly inMonth: bigint;
}

/**
 * Who spends from a wallet under caps of its own: a party that is not its owner, or a key. Nothing
 * while its party is suspended.
 */
export interface Member extends Caps, Suspension {
  readonly memberId: string;
  readonly spent: Spent;
  readonly since: CountedSince;
}

/** Members that a wallet may have. */
export const mostMembers = 100;

/** What limits are decided on. */
export interface Spending {
  readonly limits: SpendLimits;
  readonly spent: Spent;
  readonly members: readonly Member[];
  /**
   * Those that were removed while holds are under them: their caps bind those holds until they are
   * resolved.
   */
  readonly formerMembers: readonly Member[];
  readonly holds: readonly Hold[];
  readonly held: bigint;
}

export const noLimits: SpendLimits = { daily: null, monthly: null, alertsAt: [] };
export const nothingSpent: Spent = { day: '', onDay: 0n, inMonth: 0n };

/**
 * What was spent on a day and in its month, before anything more is. Where a day comes that is
 * earlier than the last one, as after a change of the operator's zone, it is counted as that: a
 * limit is never new twice.
 */
export function spentBy(spent: Spent, day: string): Spent {
  if (day <= spent.day) return spent;
  return { day, onDay: 0n, inMonth: monthOf(spent.day) === monthOf(day) ? spent.inMonth : 0n };
}

/**
 * What was spent, less what came back of a day's sendings; nothing of a day or month that is over.
 */
export function withLess(spent: Spent, tokens: bigint, day: string): Spent {
  const { day: last, onDay, inMonth } = spentBy(spent, day);
  return {
    day: last,
    onDay: last === day ? onDay - tokens : onDay,
    inMonth: monthOf(last) === monthOf(day) ? inMonth - tokens : inMonth,
  };
}

function plus(spent: Spent, tokens: bigint, day: string): Spent {
  const before = spentBy(spent, day);
  return { day: before.day, onDay: before.onDay + tokens, inMonth: before.inMonth + tokens };
}

/** What was spent, when, and against which members' caps it counts. */
interface Spend {
  readonly tokens: bigint;
  readonly day: string;
  readonly memberIds?: readonly string[] | undefined;
  /** Where it was sent: it may come back. */
  readonly transferId?: string | undefined;
}

/** A wallet after it spent: charged, captured or sent. */
export function afterSpending<W extends Spending>(wallet: W, spend: Spend): W {
  return afterMembersSpent({ ...wallet, spent: plus(wallet.spent, spend.tokens, spend.day) }, spend);
}

/** A wallet after members of it sold or bought tokens: that counts against their caps alone. */
export function afterMembersSpent<W extends Spending>(wallet: W, spend: Spend): W {
  const { tokens, day, memberIds } = spend;
  if (!memberIds) return wallet;
  const after = (member: Member): Member =>
    memberIds.includes(member.memberId)
      ? { ...member, spent: plus(member.spent, tokens, day), since: withCounted(member.since, spend) }
      : member;
  return { ...wallet, members: wallet.members.map(after), formerMembers: wallet.formerMembers.map(after) };
}

/** A member, or one that was removed while holds are under it. */
export const memberOrFormer = (
  { members, formerMembers }: Pick<Spending, 'members' | 'formerMembers'>,
  memberId: string,
): Member | undefined => [...members, ...formerMembers].find((member) => member.memberId === memberId);

/** µAIT under open holds of a member's. */
export const heldByMember = ({ holds }: Pick<Spending, 'holds'>, memberId: string): bigint =>
  sumOf(holds.filter(({ memberIds }) => memberIds.includes(memberId)));
