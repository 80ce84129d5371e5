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
import { context, given, opened, walletId } from './examples.fixture.ts';
import { reinstateMember } from './reinstate-member.ts';
import { removeMember } from './remove-member.ts';
import { setExhaustionPolicy } from './set-exhaustion-policy.ts';
import { setMember } from './set-member.ts';
import { setSpendLimits } from './set-spend-limits.ts';
import { mostMembers } from './spending.ts';
import { suspendMember } from './suspend-member.ts';

const memberId = 'sub_member';
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

  it('is removed once', () => {
    given(opened, set()).when(removeMember, { memberId }, context).then(MemberRemoved({ walletId, memberId }));
    given(opened)
      .when(removeMember, { memberId }, context)
      .then(MemberRefused({ walletId, memberId, code: 'NOT_FOUND' }));
  });

  it('is suspended and reinstated, as often as it is told', () => {
    const suspended = MemberSuspended({ walletId, memberId });
    const reinstated = MemberReinstated({ walletId, memberId });
    given(opened, set()).when(suspendMember, { memberId }, context).then(suspended);
    given(opened, set(), suspended).when(suspendMember, { memberId }, context).then(suspended);
    given(opened, set(), suspended).when(reinstateMember, { memberId }, context).then(reinstated);
    for (const decide of [suspendMember, reinstateMember]) {
      given(opened)
        .when(decide, { memberId }, context)
        .then(MemberRefused({ walletId, memberId, code: 'NOT_FOUND' }));
    }
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
