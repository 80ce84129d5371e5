import type { WalletStreamEvent } from '@tokengrid/contracts';
import { operatorPartyId, SpendAlertRaised } from '@tokengrid/contracts';
import { monthOf } from '@tokengrid/kernel';
import type { OnDay } from './calendar.ts';
import type { Hold } from './holds.ts';
import { sumOf } from './lots.ts';

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

/** Who spends from a wallet under caps of its own. */
export interface Member extends Caps {
  readonly memberId: string;
  readonly spent: Spent;
}

/** Members that a wallet may have. */
export const mostMembers = 100;

/** Who asks to spend: the party, and by which of its keys; a member is either. */
export interface Spender {
  readonly partyId: string;
  readonly keyId?: string | undefined;
}

/** What limits are decided on. */
interface Spending {
  readonly partyId: string;
  readonly limits: SpendLimits;
  readonly spent: Spent;
  readonly members: readonly Member[];
  readonly holds: readonly Hold[];
  readonly held: bigint;
}

export const noLimits: SpendLimits = { daily: null, monthly: null, alertsAt: [] };
export const nothingSpent: Spent = { day: '', onDay: 0n, inMonth: 0n };

/** What was spent on a day and in its month, before anything more is. */
export function spentBy(spent: Spent, day: string): Spent {
  if (spent.day === day) return spent;
  return { day, onDay: 0n, inMonth: monthOf(spent.day) === monthOf(day) ? spent.inMonth : 0n };
}

function plus(spent: Spent, tokens: bigint, day: string): Spent {
  const before = spentBy(spent, day);
  return { day, onDay: before.onDay + tokens, inMonth: before.inMonth + tokens };
}

/** A wallet after it spent: charged, captured or sent. */
export function afterSpending<W extends Spending>(
  wallet: W,
  { tokens, day, memberId }: { readonly tokens: bigint; readonly day: string; readonly memberId?: string | undefined },
): W {
  const members = wallet.members.map((member) =>
    member.memberId === memberId ? { ...member, spent: plus(member.spent, tokens, day) } : member,
  );
  return { ...wallet, spent: plus(wallet.spent, tokens, day), members };
}

/** Whose caps count beside the wallet's: those of the key if it has any, else those of a party that is not the owner. */
export function memberOf({ members, partyId }: Spending, spender: Spender | undefined): Member | undefined {
  if (!spender) return undefined;
  return (
    members.find(({ memberId }) => memberId === spender.keyId) ??
    (spender.partyId === partyId ? undefined : members.find(({ memberId }) => memberId === spender.partyId))
  );
}

/** Why a party may not spend from a wallet at all. */
export interface NotMember {
  readonly code: 'WALLET.NOT_A_MEMBER';
}

/**
 * Whether somebody may spend so much from a wallet on a day; if not, why: who is neither its owner nor the operator has to be a
 * member, then {@link limitRefusal} counts.
 */
export function spendingRefusal(
  wallet: Spending,
  tokens: bigint,
  day: string,
  spender: Spender | undefined,
): NotMember | LimitRefusal | undefined {
  const member = memberOf(wallet, spender);
  const isOwn = !spender || spender.partyId === wallet.partyId || spender.partyId === operatorPartyId;
  if (!isOwn && !member) return { code: 'WALLET.NOT_A_MEMBER' };
  return limitRefusal(wallet, tokens, day, member?.memberId);
}

/** Whose spending it is, as events say it. */
export function attributed(wallet: Spending, spender: Spender | undefined): { readonly memberId?: string } {
  const member = memberOf(wallet, spender);
  return member ? { memberId: member.memberId } : {};
}

/** µAIT under a member's open holds. */
export const heldBy = ({ holds }: Pick<Spending, 'holds'>, memberId: string): bigint =>
  sumOf(holds.filter((hold) => hold.memberId === memberId));

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
 * Whether so much more may be spent or set aside on a day; if not, why. What is under open holds counts as if it were spent today: it
 * may be, at any moment. The wallet's own limits come first, the day's before the month's.
 */
export function limitRefusal(
  wallet: Spending,
  required: bigint,
  day: string,
  memberId: string | undefined,
): LimitRefusal | undefined {
  for (const [limit, left] of roomsOf(wallet, day, memberId)) {
    if (left < required) return { code: 'WALLET.LIMIT_EXCEEDED', limit, available: left, required };
  }
  return undefined;
}

/** µAIT that limits still let be spent on a day, where there are any. */
export function roomUnderLimits(wallet: Spending, day: string, memberId: string | undefined): bigint | undefined {
  let least: bigint | undefined;
  for (const [, left] of roomsOf(wallet, day, memberId)) if (least === undefined || left < least) least = left;
  return least;
}

function roomsOf(wallet: Spending, day: string, memberId: string | undefined): readonly (readonly [Limit, bigint])[] {
  const own = roomsUnder(wallet.limits, wallet.spent, wallet.held, day, ['daily', 'monthly']);
  const member = memberId === undefined ? undefined : wallet.members.find((each) => each.memberId === memberId);
  if (!member) return own;
  const held = heldBy(wallet, member.memberId);
  return [...own, ...roomsUnder(member, member.spent, held, day, ['member-daily', 'member-monthly'])];
}

function roomsUnder(
  { daily, monthly }: Caps,
  spent: Spent,
  held: bigint,
  day: string,
  [ofDay, ofMonth]: readonly [Limit, Limit],
): readonly (readonly [Limit, bigint])[] {
  const { onDay, inMonth } = spentBy(spent, day);
  const left = (cap: bigint, done: bigint) => (cap > done ? cap - done : 0n);
  return [
    ...(daily === null ? [] : [[ofDay, left(daily, onDay + held)] as const]),
    ...(monthly === null ? [] : [[ofMonth, left(monthly, inMonth + held)] as const]),
  ];
}

/**
 * Alerts for the thresholds that spending has reached. Spending only grows within a day or month, so each is reached once, unless the
 * limit is changed meanwhile.
 */
export function alertsOf(
  wallet: Spending & { readonly walletId: string },
  tokens: bigint,
  { day, timeZone }: OnDay,
): WalletStreamEvent[] {
  const { walletId, limits } = wallet;
  const { daily, monthly, alertsAt } = limits;
  const before = spentBy(wallet.spent, day);
  const raised = (window: 'day' | 'month', limit: bigint | null, done: bigint) =>
    alertsAt
      .filter((percent) => limit !== null && !reaches(done, percent, limit) && reaches(done + tokens, percent, limit))
      .map((percent) =>
        SpendAlertRaised({ walletId, window, day, timeZone, percent, spent: done + tokens, limit: limit! }),
      );
  return [...raised('day', daily, before.onDay), ...raised('month', monthly, before.inMonth)];
}

/** Percentages of its limits that a wallet's spending of a day and of that day's month has reached, of those that raise an alert. */
export function reachedAlerts({ limits, spent }: Pick<Spending, 'limits' | 'spent'>, day: string) {
  const { daily, monthly, alertsAt } = limits;
  const { onDay, inMonth } = spentBy(spent, day);
  const reached = (window: 'day' | 'month', limit: bigint | null, done: bigint) =>
    alertsAt
      .filter((percent) => limit !== null && reaches(done, percent, limit))
      .map((percent) => ({ window, percent }));
  return [...reached('day', daily, onDay), ...reached('month', monthly, inMonth)];
}

/** Whether so much is at least a percentage of a limit. */
const reaches = (spent: bigint, percent: number, limit: bigint): boolean => spent * 100n >= limit * BigInt(percent);
