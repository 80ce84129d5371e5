import { type Caps, type Spending, type Spent, heldByMember, memberOrFormer, spentBy } from '../state/spending.ts';
import { type Actor, type ActorBarred, actorRefusal, membersBound, saidOf } from './actors.ts';

/**
 * Whether somebody may spend so much from a wallet on a day; if not, why: who is neither its owner
 * nor the operator has to be a member in good standing, then the wallet's limits and the caps of
 * each member that is bound count.
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
 * Whether so much more may be spent or set aside on a day by the wallet's own limits; if not, why.
 * What is under open holds counts as if it were spent today: it may be, at any moment. The day's
 * limit comes before the month's.
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

/**
 * Whether each member has the room that is demanded of it, former ones too; if not, why, by the
 * first that lacks it.
 */
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
  return roomsUnder(member, member.spent, heldByMember(wallet, memberId), day, ['member-daily', 'member-monthly']);
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
