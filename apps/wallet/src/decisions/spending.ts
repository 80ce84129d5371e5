import { monthOf } from '@tokengrid/kernel';
import type { Actor, ActorBarred } from './actor.ts';
import { actorRefusal, membersBound, saidOf } from './actor.ts';
import type { CountedSince } from './counted.ts';
import { withCounted } from './counted.ts';
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

/** Who spends from a wallet under caps of its own: a party that is not its owner, or a key. Nothing while its party is suspended. */
export interface Member extends Caps, Suspension {
  readonly memberId: string;
  readonly spent: Spent;
  readonly since: CountedSince;
}

/** Members that a wallet may have. */
export const mostMembers = 100;

/** What limits are decided on. */
interface Spending {
  readonly limits: SpendLimits;
  readonly spent: Spent;
  readonly members: readonly Member[];
  /** Those that were removed while holds are under them: their caps bind those holds until they are resolved. */
  readonly formerMembers: readonly Member[];
  readonly holds: readonly Hold[];
  readonly held: bigint;
}

export const noLimits: SpendLimits = { daily: null, monthly: null, alertsAt: [] };
export const nothingSpent: Spent = { day: '', onDay: 0n, inMonth: 0n };

/**
 * What was spent on a day and in its month, before anything more is. Where a day comes that is earlier than the last one, as after a change
 * of the operator's zone, it is counted as that: a limit is never new twice.
 */
export function spentBy(spent: Spent, day: string): Spent {
  if (day <= spent.day) return spent;
  return { day, onDay: 0n, inMonth: monthOf(spent.day) === monthOf(day) ? spent.inMonth : 0n };
}

/** What was spent, less what came back of a day's sendings; nothing of a day or month that is over. */
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

/**
 * Whether somebody may spend so much from a wallet on a day; if not, why: who is neither its owner nor the operator has to be a
 * member in good standing, then the wallet's limits and the caps of each member that is bound count.
 */
export function spendingRefusal(
  wallet: Spending,
  tokens: bigint,
  day: string,
  actor: Actor | undefined,
): ActorBarred | LimitRefusal | undefined {
  return (
    actorRefusal(wallet, actor) ??
    limitRefusal(wallet, tokens, day) ??
    capRefusal(wallet, demandsOf(membersBound(wallet, actor), tokens), day)
  );
}

/** Against whose caps it counts, as events say it. */
export const attributed = (wallet: Spending, actor: Actor | undefined): { readonly memberIds?: string[] } =>
  saidOf(membersBound(wallet, actor));

/** A member, or one that was removed while holds are under it. */
export const memberOrFormer = (
  { members, formerMembers }: Pick<Spending, 'members' | 'formerMembers'>,
  memberId: string,
): Member | undefined => [...members, ...formerMembers].find((member) => member.memberId === memberId);

/** µAIT under open holds of a member's. */
export const heldBy = ({ holds }: Pick<Spending, 'holds'>, memberId: string): bigint =>
  sumOf(holds.filter(({ memberIds }) => memberIds.includes(memberId)));

type Limit = 'daily' | 'monthly' | 'member-daily' | 'member-monthly';

/** Why no more may be spent. Amounts are µAIT. */
export interface LimitRefusal {
  readonly code: 'WALLET.LIMIT_EXCEEDED';
  readonly limit: Limit;
  /** What is left of the limit. */
  readonly available: bigint;
  readonly required: bigint;
}

/**
 * Whether so much more may be spent or set aside on a day by the wallet's own limits; if not, why. What is under open holds counts as if
 * it were spent today: it may be, at any moment. The day's limit comes before the month's.
 */
export const limitRefusal = (wallet: Spending, required: bigint, day: string): LimitRefusal | undefined =>
  tooTight(roomsOfWallet(wallet, day), required);

/** Room that a member needs under its caps. */
export interface Demand {
  readonly memberId: string;
  readonly required: bigint;
}

export const demandsOf = (memberIds: readonly string[], required: bigint): readonly Demand[] =>
  memberIds.map((memberId) => ({ memberId, required }));

/** Whether each member has the room that is demanded of it, former ones too; if not, why, by the first that lacks it. */
export function capRefusal(wallet: Spending, demands: readonly Demand[], day: string): LimitRefusal | undefined {
  for (const { memberId, required } of demands) {
    const refusal = tooTight(roomsOfMember(wallet, memberId, day), required);
    if (refusal) return refusal;
  }
  return undefined;
}

/** µAIT that a wallet's own limits still let be spent on a day, where there are any. */
export const roomUnderLimits = (wallet: Spending, day: string): bigint | undefined =>
  leastOf(roomsOfWallet(wallet, day));

/** µAIT that a member's caps still let be spent on a day, where it has any. */
export const roomUnderCaps = (wallet: Spending, memberId: string, day: string): bigint | undefined =>
  leastOf(roomsOfMember(wallet, memberId, day));

type Rooms = readonly (readonly [Limit, bigint])[];

function tooTight(rooms: Rooms, required: bigint): LimitRefusal | undefined {
  for (const [limit, available] of rooms) {
    if (available < required) return { code: 'WALLET.LIMIT_EXCEEDED', limit, available, required };
  }
  return undefined;
}

function leastOf(rooms: Rooms): bigint | undefined {
  let least: bigint | undefined;
  for (const [, left] of rooms) if (least === undefined || left < least) least = left;
  return least;
}

const roomsOfWallet = ({ limits, spent, held }: Spending, day: string): Rooms =>
  roomsUnder(limits, spent, held, day, ['daily', 'monthly']);

function roomsOfMember(wallet: Spending, memberId: string, day: string): Rooms {
  const member = memberOrFormer(wallet, memberId);
  if (!member) return [];
  return roomsUnder(member, member.spent, heldBy(wallet, memberId), day, ['member-daily', 'member-monthly']);
}

function roomsUnder(
  { daily, monthly }: Caps,
  spent: Spent,
  held: bigint,
  day: string,
  [ofDay, ofMonth]: readonly [Limit, Limit],
): Rooms {
  const { onDay, inMonth } = spentBy(spent, day);
  const left = (cap: bigint, done: bigint) => (cap > done ? cap - done : 0n);
  return [
    ...(daily === null ? [] : [[ofDay, left(daily, onDay + held)] as const]),
    ...(monthly === null ? [] : [[ofMonth, left(monthly, inMonth + held)] as const]),
  ];
}
