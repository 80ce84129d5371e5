import type { Handler } from './model.ts';
import type { At, Consequences, ModelWallet } from './state.ts';
import type { Asked } from './asked.ts';
import { known } from './state.ts';
import { isCapped, isMember } from './actors.ts';
import { alerts } from './limits.ts';
import { latestOf } from './suspensions.ts';

/** rules/control.md "Members": maximum numbers of a wallet's members that are parties, and keys. */
export const mostMembers = 100;
const mostKeys = 1000;

/**
 * rules "What was placed under a cap stays under it": a removed member is remembered while an open
 * hold is under its caps.
 */
export function forgetGone({ members, holds }: ModelWallet): void {
  const needed = new Set([...holds.values()].flatMap(({ memberIds }) => memberIds));
  for (const [memberId, { isThere }] of members) if (!isThere && !needed.has(memberId)) members.delete(memberId);
}

const forbidden = { code: 'PERMISSION_DENIED' };

/** rules "Limit lowered": alerts reached by the new limits are raised at once. */
const setSpendLimits: Handler = function* (model, asked, at) {
  const { walletId, daily, monthly, alertsAt } = asked;
  const wallet = model.wallet(walletId);
  if (isCapped(wallet, asked)) return yield { type: 'SpendLimitsRefused', data: { walletId, ...forbidden } };
  const sorted = [...new Set(alertsAt)].sort((a, b) => a - b);
  wallet.limits = { daily, monthly, alertsAt: sorted };
  yield { type: 'SpendLimitsSet', data: known({ walletId, daily, monthly, alertsAt: sorted }) };
  yield* alerts(wallet, at);
};

/**
 * domain.md "Shared wallets": each member under caps of its own. A member set again while its holds
 * are open has its new caps for them.
 */
const setMember: Handler = function* (model, asked) {
  const { walletId, memberId, daily, monthly } = asked;
  const wallet = model.wallet(walletId);
  const { members } = wallet;
  const isKey = memberId.startsWith('key_');
  const there = [...members].filter(([id, { isThere }]) => isThere && id.startsWith('key_') === isKey);
  const isFull = there.length >= (isKey ? mostKeys : mostMembers);
  const tooMany = isFull && !isMember(wallet, memberId) ? { code: 'WALLET.TOO_MANY_MEMBERS' } : undefined;
  const refused = isCapped(wallet, asked) ? forbidden : tooMany;
  if (refused) return yield { type: 'MemberRefused', data: { walletId, memberId, ...refused } };
  const { spendings = [], told = new Map() } = members.get(memberId) ?? {};
  members.set(memberId, { daily, monthly, spendings, told, isThere: true });
  yield { type: 'MemberSet', data: known({ walletId, memberId, daily, monthly }) };
};

const removeMember: Handler = function* (model, asked) {
  const { walletId, memberId } = asked;
  const wallet = model.wallet(walletId);
  const missing = isMember(wallet, memberId) ? undefined : { code: 'NOT_FOUND' };
  const refused = isCapped(wallet, asked) ? forbidden : missing;
  if (refused) return yield { type: 'MemberRefused', data: { walletId, memberId, ...refused } };
  wallet.members.get(memberId)!.isThere = false;
  forgetGone(wallet);
  yield { type: 'MemberRemoved', data: { walletId, memberId } };
};

/**
 * rules "A suspended party spends nowhere, also as a member": a removed member with open holds is
 * suspended too.
 */
const suspending = (suspends: boolean): Handler =>
  function* (model: { wallet(walletId: string): ModelWallet }, asked: Asked, _: At): Consequences {
    const { walletId, memberId } = asked;
    const member = model.wallet(walletId).members.get(memberId);
    if (!member) return yield { type: 'MemberRefused', data: { walletId, memberId, code: 'NOT_FOUND' } };
    const { partyRevision, isSuspended } = latestOf(member.told.set(asked.partyRevision, suspends));
    const type = isSuspended ? 'MemberSuspended' : 'MemberReinstated';
    yield { type, data: { walletId, memberId, partyRevision } };
  };

/** Handlers of members and limits, by command. */
export const memberHandlers: Readonly<Record<string, Handler>> = {
  setSpendLimits,
  setMember,
  removeMember,
  suspendMember: suspending(true),
  reinstateMember: suspending(false),
};
