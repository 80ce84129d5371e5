import type { At, Consequences, ModelCaps, ModelSpending, ModelWallet, Refusal } from './state.ts';
import { onDay } from './state.ts';
import { totalOf } from './lots.ts';

/** Room under one limit. */
interface Room {
  readonly limit: string;
  readonly left: bigint;
}

/** µAIT spent on days with a prefix, less returned transfers. */
const spentIn = (spendings: readonly ModelSpending[], prefix: string): bigint =>
  spendings.reduce((sum, { day, tokens }) => (day.startsWith(prefix) ? sum + tokens : sum), 0n);

function roomsUnder(
  prefix: string,
  { daily, monthly }: ModelCaps,
  spendings: readonly ModelSpending[],
  held: bigint,
  { day, month }: At,
): Room[] {
  const left = (cap: bigint, period: string) => {
    const rest = cap - held - spentIn(spendings, period);
    return rest > 0n ? rest : 0n;
  };
  const ofDay = daily === undefined ? [] : [{ limit: `${prefix}daily`, left: left(daily, day) }];
  const ofMonth = monthly === undefined ? [] : [{ limit: `${prefix}monthly`, left: left(monthly, month) }];
  return [...ofDay, ...ofMonth];
}

/**
 * domain.md "Spend limits": the wallet's own, daily before monthly. Tokens under holds count, since
 * they may be spent at any moment.
 */
function ownRooms(wallet: ModelWallet, at: At): Room[] {
  const held = [...wallet.holds.values()].reduce((sum, { lots }) => sum + totalOf(lots), 0n);
  return roomsUnder('', wallet.limits, wallet.spendings, held, at);
}

/** rules "What was placed under a cap stays under it": a removed member has its last caps. */
function memberRooms(wallet: ModelWallet, memberId: string, at: At): Room[] {
  const member = wallet.members.get(memberId);
  if (!member) throw new Error(`${wallet.id} knows nothing of ${memberId}`);
  let held = 0n;
  for (const { memberIds, lots } of wallet.holds.values()) if (memberIds.includes(memberId)) held += totalOf(lots);
  return roomsUnder('member-', member, member.spendings, held, at);
}

const refusedBy = (rooms: readonly Room[], required: bigint): Refusal | undefined => {
  const tight = rooms.find(({ left }) => left < required);
  return tight && { code: 'WALLET.LIMIT_EXCEEDED', limit: tight.limit, available: tight.left, required };
};

/**
 * rules "Who acts": all limits bind, the wallet's own first, then each member's in order. Each may
 * need room for an amount of its own.
 */
export function limitRefused(
  wallet: ModelWallet,
  required: bigint,
  memberIds: readonly string[],
  at: At,
  requiredOf: (memberId: string) => bigint = () => required,
): Refusal | undefined {
  const own = refusedBy(ownRooms(wallet, at), required);
  if (own) return own;
  for (const memberId of memberIds) {
    const refused = refusedBy(memberRooms(wallet, memberId, at), requiredOf(memberId));
    if (refused) return refused;
  }
  return undefined;
}

/** Refusal by members' caps alone, if any. */
export const membersRefused = (wallet: ModelWallet, required: bigint, memberIds: readonly string[], at: At) =>
  refusedBy(
    memberIds.flatMap((memberId) => memberRooms(wallet, memberId, at)),
    required,
  );

/**
 * µAIT that all limits leave, members' caps less an amount that they need otherwise; undefined
 * without a limit.
 */
export function roomLeft(
  wallet: ModelWallet,
  memberIds: readonly string[],
  at: At,
  takenBy: (memberId: string) => bigint = () => 0n,
): bigint | undefined {
  const left = [
    ...ownRooms(wallet, at).map((room) => room.left),
    ...memberIds.flatMap((id) => memberRooms(wallet, id, at).map((room) => room.left - takenBy(id))),
  ];
  return left.length === 0 ? undefined : left.reduce((least, each) => (each < least ? each : least));
}

/** rules "Who acts": the amount spent counts against the wallet and each of the members. */
export function spend(wallet: ModelWallet, memberIds: readonly string[], tokens: bigint, { day }: At): void {
  wallet.spendings.push({ day, tokens });
  for (const memberId of memberIds) wallet.members.get(memberId)?.spendings.push({ day, tokens });
}

/** An alert: which threshold of which window was reached when. */
export interface Alert {
  readonly window: string;
  readonly percent: number;
  readonly day: string;
}

/** A threshold in its day or month, once in which it raises an alert. */
export const nameOfAlert = ({ window, percent, day }: Alert): string =>
  `${percent} % of ${window} ${window === 'day' ? day : day.slice(0, 7)}`;

/**
 * rules "Limit lowered" and the sentence of `SpendAlertRaised`: a threshold reached by spending or
 * by a lowered limit raises its alert, once per threshold, day and month.
 */
export function* alerts(wallet: ModelWallet, at: At): Consequences {
  const { day, month } = at;
  const { daily, monthly, alertsAt } = wallet.limits;
  const windows = [
    { window: 'day', limit: daily, period: day },
    { window: 'month', limit: monthly, period: month },
  ];
  for (const { window, limit, period } of windows) {
    if (limit === undefined) continue;
    const spent = spentIn(wallet.spendings, period);
    for (const percent of alertsAt) {
      const what = nameOfAlert({ percent, window, day });
      if (wallet.raised.has(what) || spent * 100n < limit * BigInt(percent)) continue;
      wallet.raised.add(what);
      yield { type: 'SpendAlertRaised', data: { walletId: wallet.id, window, ...onDay(at), percent, spent, limit } };
    }
  }
}

/** Counts sales and purchases on the bill, which count against members alone. */
export function spendUnderCaps(wallet: ModelWallet, memberIds: readonly string[], tokens: bigint, { day }: At): void {
  for (const memberId of memberIds) wallet.members.get(memberId)?.spendings.push({ day, tokens });
}
