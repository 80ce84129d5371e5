import type { Asked, At, Consequences, Handler, ModelCaps, ModelSpending, ModelWallet } from './model.ts';
import { known } from './model.ts';
import { dayOf, iso, totalOf } from './model-lots.ts';

const mostMembers = 100;
const operator = 'operator';

/** µAIT spent on days that begin so. */
const spentIn = (spendings: readonly ModelSpending[], prefix: string): bigint =>
  spendings.reduce((sum, { day, tokens }) => (day.startsWith(prefix) ? sum + tokens : sum), 0n);

const monthOf = (at: At): string => iso(at.time).slice(0, 7);

/** Under whose caps somebody spends: those of its key, else of its party where that is not the owner. */
export function memberOf({ members, partyId }: ModelWallet, spender: Asked['spender']): string | undefined {
  if (!spender) return undefined;
  if (spender.keyId !== undefined && members.has(spender.keyId)) return spender.keyId;
  return spender.partyId !== partyId && members.has(spender.partyId) ? spender.partyId : undefined;
}

/** What each limit still lets be spent. What is under holds may be spent at any moment, so it counts. */
function rooms(wallet: ModelWallet, memberId: string | undefined, at: At): { limit: string; left: bigint }[] {
  const found: { limit: string; left: bigint }[] = [];
  const look = (prefix: string, caps: ModelCaps, spendings: readonly ModelSpending[], ofMember?: string) => {
    let held = 0n;
    for (const hold of wallet.holds.values()) {
      if (ofMember === undefined || hold.memberId === ofMember) held += totalOf(hold.lots);
    }
    const add = (limit: string, cap: bigint | undefined, period: string) => {
      if (cap === undefined) return;
      const left = cap - held - spentIn(spendings, period);
      found.push({ limit: prefix + limit, left: left > 0n ? left : 0n });
    };
    add('daily', caps.daily, dayOf(at));
    add('monthly', caps.monthly, monthOf(at));
  };
  look('', wallet.limits, wallet.spendings);
  const member = memberId === undefined ? undefined : wallet.members.get(memberId);
  if (member) look('member-', member, member.spendings, memberId);
  return found;
}

export function limitRefused(wallet: ModelWallet, memberId: string | undefined, required: bigint, at: At) {
  const tight = rooms(wallet, memberId, at).find(({ left }) => left < required);
  return tight && { code: 'WALLET.LIMIT_EXCEEDED', limit: tight.limit, available: tight.left, required };
}

/** Why somebody may not spend so much: a stranger nothing. */
export function spendingRefused(wallet: ModelWallet, { spender, tokens }: Asked, at: At) {
  const memberId = memberOf(wallet, spender);
  const isStranger =
    spender && spender.partyId !== wallet.partyId && spender.partyId !== operator && memberId === undefined;
  return isStranger ? { code: 'WALLET.NOT_A_MEMBER' } : limitRefused(wallet, memberId, tokens, at);
}

/** µAIT that limits leave; undefined where there is no limit. */
export function roomLeft(wallet: ModelWallet, memberId: string | undefined, at: At): bigint | undefined {
  const all = rooms(wallet, memberId, at).map(({ left }) => left);
  return all.length === 0 ? undefined : all.reduce((least, left) => (left < least ? left : least));
}

/** Counts no more what comes back of what was sent. */
export function unspend(wallet: ModelWallet, { sentOn, memberIds = [], tokens }: Asked): void {
  const returned = { day: sentOn.day, tokens: -tokens };
  wallet.spendings.push(returned);
  for (const memberId of memberIds) wallet.members.get(memberId)?.spendings.push(returned);
  wallet.trades.push({ month: sentOn.day.slice(0, 7), kind: 'sending', amount: -tokens });
}

/** Counts what was spent. */
export function spend(wallet: ModelWallet, memberId: string | undefined, tokens: bigint, at: At): void {
  const spending = { day: dayOf(at), tokens };
  wallet.spendings.push(spending);
  if (memberId !== undefined) wallet.members.get(memberId)?.spendings.push(spending);
}

/** Alerts for each threshold that the spending has reached, once in its day or month. */
export function* alerts(wallet: ModelWallet, at: At): Consequences {
  const { daily, monthly, alertsAt } = wallet.limits;
  const day = dayOf(at);
  const windows = [
    { window: 'day', limit: daily, spent: spentIn(wallet.spendings, day) },
    { window: 'month', limit: monthly, spent: spentIn(wallet.spendings, monthOf(at)) },
  ];
  for (const { window, limit, spent } of windows) {
    if (limit === undefined) continue;
    for (const percent of alertsAt) {
      const threshold = limit * BigInt(percent);
      const what = `${percent} % of ${window} ${window === 'day' ? day : day.slice(0, 7)}`;
      if (wallet.raised.has(what) || spent * 100n < threshold) continue;
      wallet.raised.add(what);
      yield {
        type: 'SpendAlertRaised',
        data: { walletId: wallet.id, window, day, timeZone: 'UTC', percent, spent, limit },
      };
    }
  }
}

const setSpendLimits: Handler = function* (model, { walletId, daily, monthly, alertsAt }, at) {
  const wallet = model.wallet(walletId);
  const sorted = [...new Set(alertsAt)].sort((a, b) => a - b);
  wallet.limits = { daily, monthly, alertsAt: sorted };
  yield { type: 'SpendLimitsSet', data: known({ walletId, daily, monthly, alertsAt: sorted }) };
  yield* alerts(wallet, at);
};

const setMember: Handler = function* (model, { walletId, memberId, daily, monthly }) {
  const { members } = model.wallet(walletId);
  const there = members.get(memberId);
  if (!there && members.size >= mostMembers) {
    return yield { type: 'MemberRefused', data: { walletId, memberId, code: 'WALLET.TOO_MANY_MEMBERS' } };
  }
  members.set(memberId, { daily, monthly, spendings: there?.spendings ?? [] });
  yield { type: 'MemberSet', data: known({ walletId, memberId, daily, monthly }) };
};

const removeMember: Handler = function* (model, { walletId, memberId }) {
  const isGone = model.wallet(walletId).members.delete(memberId);
  if (!isGone) return yield { type: 'MemberRefused', data: { walletId, memberId, code: 'NOT_FOUND' } };
  yield { type: 'MemberRemoved', data: { walletId, memberId } };
};

/** Who may spend how much, by the names of the decisions. */
export const spendingHandlers: Readonly<Record<string, Handler>> = { setSpendLimits, setMember, removeMember };
