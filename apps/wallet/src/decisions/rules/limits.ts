import { type Caps, type Spending, type Spent, heldByMember, memberOrFormer, spentBy } from '../state/spending.ts';
import { type Actor, type ActorBarred, actorRefusal, membersBound, saidOf, suspensionRefusal } from './actors.ts';

/**
 * The refusal of spending an amount on a day, if any. Refusals, in order: an actor neither owner,
 * operator nor member in good standing, the wallet's limits, the caps of each bound member.
 */
export function spendingRefusal(
  wallet: Spending,
  tokens: bigint,
  day: string,
  actor: Actor | undefined,
): ActorBarred | LimitRefusal | undefined {
  return actorRefusal(wallet, actor) ?? boundRefusal(wallet, tokens, day, actor);
}

/**
 * The refusal of a charge on a day, if any: as of spending, but that the wallet pays for uses of a
 * party that was its member and left.
 */
export function chargeRefusal(wallet: Spending, tokens: bigint, day: string, actor: Actor | undefined) {
  return suspensionRefusal(wallet, actor) ?? boundRefusal(wallet, tokens, day, actor);
}

const boundRefusal = (wallet: Spending, tokens: bigint, day: string, actor: Actor | undefined) =>
  limitRefusal(wallet, tokens, day) ?? capRefusal(wallet, demandsOf(membersBound(wallet, actor), tokens), day);

/** The members whose caps are counted, in the form of events. */
export const attributed = (wallet: Spending, actor: Actor | undefined): { readonly memberIds?: string[] } =>
  saidOf(membersBound(wallet, actor));

type Limit = 'daily' | 'monthly' | 'member-daily' | 'member-monthly' | 'member-total';

/** The refusal by a limit, with amounts in µAIT. */
export interface LimitRefusal {
  readonly code: 'WALLET.LIMIT_EXCEEDED';
  readonly limit: Limit;
  /** Amount left under the limit. */
  readonly available: bigint;
  readonly required: bigint;
}

/**
 * The refusal by the wallet's own limits, the daily before the monthly, if any. Open holds count as
 * spent today, because they can be captured at any time.
 */
export const limitRefusal = (wallet: Spending, required: bigint, day: string): LimitRefusal | undefined =>
  tooTight(roomsOfWallet(wallet, day), required);

/** Room needed under a member's caps. */
export interface Demand {
  readonly memberId: string;
  readonly required: bigint;
}

export const demandsOf = (memberIds: readonly string[], required: bigint): readonly Demand[] =>
  memberIds.map((memberId) => ({ memberId, required }));

/** The refusal by the first member, present or former, whose caps lack the room demanded. */
export function capRefusal(wallet: Spending, demands: readonly Demand[], day: string): LimitRefusal | undefined {
  for (const { memberId, required } of demands) {
    const refusal = tooTight(roomsOfMember(wallet, memberId, day), required);
    if (refusal) return refusal;
  }
  return undefined;
}

/** Rest of the wallet's own limits on a day, in µAIT; undefined without limits. */
export const roomUnderLimits = (wallet: Spending, day: string): bigint | undefined =>
  leastOf(roomsOfWallet(wallet, day));

/** Rest of a member's caps on a day, in µAIT; undefined without caps. */
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
  const held = heldByMember(wallet, memberId);
  const { total, inAll } = member;
  return [
    ...roomsUnder(member, member.spent, held, day, ['member-daily', 'member-monthly']),
    ...(total === null ? [] : [['member-total', left(total, inAll + held)] as const]),
  ];
}

const left = (cap: bigint, done: bigint): bigint => (cap > done ? cap - done : 0n);

function roomsUnder(
  { daily, monthly }: Caps,
  spent: Spent,
  held: bigint,
  day: string,
  [ofDay, ofMonth]: readonly [Limit, Limit],
): Rooms {
  const { onDay, inMonth } = spentBy(spent, day);
  return [
    ...(daily === null ? [] : [[ofDay, left(daily, onDay + held)] as const]),
    ...(monthly === null ? [] : [[ofMonth, left(monthly, inMonth + held)] as const]),
  ];
}
