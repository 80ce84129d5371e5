import { monthOf } from '@tokengrid/kernel';
import type { CountedSince } from './counters.ts';
import { withCounted } from './counters.ts';
import type { Hold } from './holds.ts';
import { sumOf } from './lots.ts';
import type { Suspension } from './suspension.ts';

/** Maximum spending per day and month in the operator's zone, in µAIT; null: no limit. */
export interface Caps {
  readonly daily: bigint | null;
  readonly monthly: bigint | null;
}

/** An owner's limits on spending, with the thresholds of alerts in percent. */
export interface SpendLimits extends Caps {
  readonly alertsAt: readonly number[];
}

/** µAIT spent on the last day with spending, and in its month. */
export interface Spent {
  /** `YYYY-MM-DD`; empty before the first alert. */
  readonly day: string;
  readonly onDay: bigint;
  readonly inMonth: bigint;
}

/**
 * A party other than the owner, or a key, that spends under caps of its own; nothing while its
 * party is suspended.
 */
export interface Member extends Caps, Suspension {
  readonly memberId: string;
  /** Maximum spending in all, in µAIT; null: no limit. */
  readonly total: bigint | null;
  readonly spent: Spent;
  /** µAIT spent since it was set first. */
  readonly inAll: bigint;
  readonly since: CountedSince;
}

/** Maximum number of member parties of a wallet, and of the members that one hold is under. */
export const mostMembers = 100;

/** Maximum number of a wallet's members that are keys. */
export const mostKeys = 1000;

/** True for a member that is a key, and no party. */
export const isKey = ({ memberId }: Pick<Member, 'memberId'>): boolean => memberId.startsWith('key_');

/** State that limits on spending are decided on. */
export interface Spending {
  readonly limits: SpendLimits;
  readonly spent: Spent;
  readonly members: readonly Member[];
  /** Removed members with open holds, whose caps bind those holds until they are resolved. */
  readonly formerMembers: readonly Member[];
  readonly holds: readonly Hold[];
  readonly held: bigint;
}

export const noLimits: SpendLimits = { daily: null, monthly: null, alertsAt: [] };
export const nothingSpent: Spent = { day: '', onDay: 0n, inMonth: 0n };

/**
 * Spending of a day and its month so far. A day before the last, as after a change of the
 * operator's zone, counts as the last, so that no limit starts anew.
 */
export function spentBy(spent: Spent, day: string): Spent {
  if (day <= spent.day) return spent;
  return { day, onDay: 0n, inMonth: monthOf(spent.day) === monthOf(day) ? spent.inMonth : 0n };
}

/** Spending less a return of tokens sent on a day; unchanged for a past day or month. */
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

const memberAfter = (member: Member, tokens: bigint, day: string): Member => ({
  ...member,
  spent: plus(member.spent, tokens, day),
  inAll: member.inAll + tokens,
});

/** A member after a return of tokens that its counters include. */
export const memberWithLess = (member: Member, tokens: bigint, day: string): Member => ({
  ...member,
  spent: withLess(member.spent, tokens, day),
  inAll: member.inAll - tokens,
});

/** Spending, with its day and the members whose caps it counts against. */
interface Spend {
  readonly tokens: bigint;
  readonly day: string;
  readonly memberIds?: readonly string[] | undefined;
  /** The transfer, which may be returned. */
  readonly transferId?: string | undefined;
}

/** The wallet after a charge, a capture or a transfer. */
export function afterSpending<W extends Spending>(wallet: W, spend: Spend): W {
  return afterMembersSpent({ ...wallet, spent: plus(wallet.spent, spend.tokens, spend.day) }, spend);
}

/** The wallet after members' sales or purchases, which count against their caps alone. */
export function afterMembersSpent<W extends Spending>(wallet: W, spend: Spend): W {
  const { tokens, day, memberIds } = spend;
  if (!memberIds) return wallet;
  const after = (member: Member): Member =>
    memberIds.includes(member.memberId)
      ? { ...memberAfter(member, tokens, day), since: withCounted(member.since, spend) }
      : member;
  return { ...wallet, members: wallet.members.map(after), formerMembers: wallet.formerMembers.map(after) };
}

/** The wallet after uses of several members, by member, which count against their caps. */
export function afterMembersSpending<W extends Spending>(
  wallet: W,
  spend: ReadonlyMap<string, bigint>,
  day: string,
): W {
  if (spend.size === 0) return wallet;
  const after = (member: Member): Member => {
    const tokens = spend.get(member.memberId);
    return tokens === undefined ? member : memberAfter(member, tokens, day);
  };
  return { ...wallet, members: wallet.members.map(after), formerMembers: wallet.formerMembers.map(after) };
}

/** A member, or a removed one with open holds. */
export const memberOrFormer = (
  { members, formerMembers }: Pick<Spending, 'members' | 'formerMembers'>,
  memberId: string,
): Member | undefined => [...members, ...formerMembers].find((member) => member.memberId === memberId);

/** µAIT under a member's open holds. */
export const heldByMember = ({ holds }: Pick<Spending, 'holds'>, memberId: string): bigint =>
  sumOf(holds.filter(({ memberIds }) => memberIds.includes(memberId)));
