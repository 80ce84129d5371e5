import { describe, it } from '@jest/globals';
import {
  ExhaustionPolicyRefused,
  ExhaustionPolicySet,
  MemberRefused,
  MemberReinstated,
  MemberRemoved,
  MemberSet,
  MemberSuspended,
  SpendLimitsRefused,
  SpendLimitsSet,
} from '@tokengrid/contracts';
import { context, given, opened, placed, purchased, purchaseId, walletId } from '../examples.fixture.ts';
import { reinstateMember } from './reinstate-member.ts';
import { removeMember } from './remove-member.ts';
import { setExhaustionPolicy } from './set-exhaustion-policy.ts';
import { setMember } from './set-member.ts';
import { setSpendLimits } from './set-spend-limits.ts';
import { mostKeys, mostMembers } from '../state/spending.ts';
import { suspendMember } from './suspend-member.ts';

const memberId = 'sub_member';
const told = (partyRevision: number) => ({ memberId, partyRevision });
const suspended = (partyRevision: number) => MemberSuspended({ walletId, memberId, partyRevision });
const reinstated = (partyRevision: number) => MemberReinstated({ walletId, memberId, partyRevision });
const set = (caps: { daily?: bigint } = {}, id = memberId) => MemberSet({ walletId, memberId: id, ...caps });

describe('a member', () => {
  it('is taken up to a hundred, who may all change their caps', () => {
    const all = Array.from({ length: mostMembers }, (_, index) => set({}, `sub_${index}`));
    given(opened, ...all)
      .when(setMember, { memberId }, context)
      .then(MemberRefused({ walletId, memberId, code: 'WALLET.TOO_MANY_MEMBERS' }));
    given(opened, ...all)
      .when(setMember, { memberId: 'sub_0', daily: 1n }, context)
      .then(set({ daily: 1n }, 'sub_0'));
  });

  it('is a key up to a thousand times, whatever parties are members', () => {
    const keys = Array.from({ length: mostKeys }, (_, index) => set({}, `key_${index}`));
    const parties = Array.from({ length: mostMembers }, (_, index) => set({}, `sub_${index}`));
    given(opened, ...parties)
      .when(setMember, { memberId: 'key_0' }, context)
      .then(set({}, 'key_0'));
    given(opened, ...keys)
      .when(setMember, { memberId }, context)
      .then(set());
    given(opened, ...keys)
      .when(setMember, { memberId: 'key_new' }, context)
      .then(MemberRefused({ walletId, memberId: 'key_new', code: 'WALLET.TOO_MANY_MEMBERS' }));
  });

  it('is removed once', () => {
    given(opened, set()).when(removeMember, { memberId }, context).then(MemberRemoved({ walletId, memberId }));
    given(opened)
      .when(removeMember, { memberId }, context)
      .then(MemberRefused({ walletId, memberId, code: 'NOT_FOUND' }));
  });

  it('is suspended and reinstated, as often as it is told', () => {
    given(opened, set()).when(suspendMember, told(3), context).then(suspended(3));
    given(opened, set(), suspended(3)).when(suspendMember, told(3), context).then(suspended(3));
    given(opened, set(), suspended(3)).when(reinstateMember, told(4), context).then(reinstated(4));
    given(opened, set(), reinstated(4)).when(suspendMember, told(7), context).then(suspended(7));
    for (const decide of [suspendMember, reinstateMember]) {
      given(opened)
        .when(decide, told(3), context)
        .then(MemberRefused({ walletId, memberId, code: 'NOT_FOUND' }));
    }
  });

  it('stays what the later event of its party made it, which an older one is answered with', () => {
    given(opened, set(), reinstated(4)).when(suspendMember, told(3), context).then(reinstated(4));
    given(opened, set(), suspended(7)).when(reinstateMember, told(4), context).then(suspended(7));
    given(opened, set(), suspended(7)).when(suspendMember, told(3), context).then(suspended(7));
  });

  it('is no less suspended for being set again, nor for being gone while its hold is open', () => {
    const history = [
      opened,
      purchased(100n),
      set(),
      placed([{ lotId: purchaseId, tokens: 40n }], { memberIds: [memberId] }),
      suspended(7),
    ] as const;
    const removed = MemberRemoved({ walletId, memberId });
    given(...history, set({ daily: 1n }))
      .when(reinstateMember, told(4), context)
      .then(suspended(7));
    given(...history, removed)
      .when(reinstateMember, told(4), context)
      .then(suspended(7));
    given(...history, removed, set())
      .when(reinstateMember, told(4), context)
      .then(suspended(7));
  });
});

describe('a key with a cap, or one that goes back to such a key', () => {
  const [capped, minted] = ['key_capped', 'key_minted'] as const;
  const history = [opened, set({ daily: 1n }, capped), set()] as const;
  const code = 'PERMISSION_DENIED';

  it.each([
    ['itself', [capped]],
    ['one that it minted', [minted, capped]],
  ])('changes no caps, limits or policies: %s', (_, line) => {
    const actor = { line };
    const wallet = given(...history);
    wallet
      .when(setMember, { memberId: capped, actor }, context)
      .then(MemberRefused({ walletId, memberId: capped, code }));
    wallet
      .when(setMember, { memberId: 'key_new', actor }, context)
      .then(MemberRefused({ walletId, memberId: 'key_new', code }));
    wallet
      .when(removeMember, { memberId: capped, actor }, context)
      .then(MemberRefused({ walletId, memberId: capped, code }));
    wallet.when(setSpendLimits, { alertsAt: [], actor }, context).then(SpendLimitsRefused({ walletId, code }));
    wallet
      .when(setExhaustionPolicy, { action: 'bill', monthlyCap: null, actor }, context)
      .then(ExhaustionPolicyRefused({ walletId, code }));
  });

  it('is none once the cap is removed', () => {
    const actor = { line: [capped] };
    const wallet = given(...history, MemberRemoved({ walletId, memberId: capped }));
    wallet.when(setSpendLimits, { alertsAt: [], actor }, context).then(SpendLimitsSet({ walletId, alertsAt: [] }));
  });

  it('does not keep other keys of the owner from changing them', () => {
    const actor = { line: ['key_other'] };
    given(...history)
      .when(setExhaustionPolicy, { action: 'stop', monthlyCap: null, actor }, context)
      .then(ExhaustionPolicySet({ walletId, action: 'stop', monthlyCap: null }));
  });
});
