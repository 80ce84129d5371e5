/** Situations for each declared refusal of grants, status changes and settings. */
import {
  type Grant,
  GrantProposed,
  instantOf,
  MemberSet,
  PlanAssigned,
  walletRefusals as declared,
} from '@tokengrid/contracts';
import { precedenceCases } from '@tokengrid/kernel';
import { context, grantId, hour, now, opened, partyId, purchased, statementId, walletId } from '../examples.fixture.ts';
import { approveGrant } from '../grants/approve-grant.ts';
import { assignPlan } from '../grants/assign-plan.ts';
import { endPlan } from '../grants/end-plan.ts';
import { giveTokens } from '../grants/give-tokens.ts';
import { grantTokens } from '../grants/grant-tokens.ts';
import { issueVoucher } from '../grants/issue-voucher.ts';
import { rejectGrant } from '../grants/reject-grant.ts';
import { renewPlan } from '../grants/renew-plan.ts';
import { mostProposals } from '../state/approvals.ts';
import { fees } from '../state/fees.ts';
import { openMarket } from '../state/market-policies.ts';
import { mostMembers } from '../state/spending.ts';
import { wallet } from '../state/wallet.ts';
import { walletLane } from '../state/wallet-lane.ts';
import { collectFees } from '../usage/collect-fees.ts';
import { orderFeesRetirement } from '../usage/order-fees-retirement.ts';
import { releaseEscrow } from '../usage/release-escrow.ts';
import { closeWallet } from '../wallets/close-wallet.ts';
import { removeMember } from '../wallets/remove-member.ts';
import { reinstateMember } from '../wallets/reinstate-member.ts';
import { reopenWallet } from '../wallets/reopen-wallet.ts';
import { setExhaustionPolicy } from '../wallets/set-exhaustion-policy.ts';
import { setMember } from '../wallets/set-member.ts';
import { setSpendLimits } from '../wallets/set-spend-limits.ts';
import { suspendMember } from '../wallets/suspend-member.ts';
import { decidingWith, exhausted } from './market.fixture.ts';
import { childSet, closed, firstSet, inDebt, manyVouchers, withFirst } from './spending.fixture.ts';

const ofWallet = { aggregate: wallet, given: [opened], context };
const voucherId = `vch_${'1'.repeat(26)}`;
const planId = `pln_${'1'.repeat(26)}`;
const idOf = (number: number) => `apr_${String(number).padStart(26, '0')}`;
const first = { approvalId: idOf(1), by: 'first', people: ['first'] };
const second = { approvalId: idOf(1), by: 'second', people: ['second'] };
const shares = { shareBps: 5000 };
const voucher: Grant = { kind: 'voucher', voucherId, tokens: 50n, terms: shares, expiresAt: instantOf(now + hour) };
const grantOf = (tokens: bigint, expiresAt: number | null = null): Grant => ({
  ...{ kind: 'grant', grantId, tokens, source: 'plan', transferable: false },
  expiresAt: expiresAt === null ? null : instantOf(expiresAt),
});
const plan = { tokens: 500n, rolloverCap: 200n, transferable: false };
const february = Date.UTC(2026, 1, 1);
const planAssigned = PlanAssigned({ walletId, planId, ...plan, resetsAt: instantOf(february), timeZone: 'UTC' });
const expired = { 'WALLET.EXPIRY_PASSED': { when: { expiresAt: now } }, 'WALLET.CLOSED': closed };
const capped = { given: [firstSet], when: { actor: withFirst } };
const owed = { statementId, partyId, period: '2025-12-31', timeZone: 'UTC', tokens: 60n, charged: 60n };
const escrowShort = { 'WALLET.ESCROW_SHORT': { when: { charged: 59n } } };

export const givingCases = {
  grantTokens: precedenceCases(
    {
      ...{ ...ofWallet, decide: grantTokens },
      when: { grantId, tokens: 10n, source: 'promotion', expiresAt: now + hour, transferable: true },
    },
    declared.grantTokens,
    { ...expired, 'WALLET.ISSUANCE_EXHAUSTED': exhausted },
  ),
  issueVoucher: precedenceCases(
    { ...ofWallet, decide: issueVoucher, when: { voucherId, tokens: 10n, terms: shares, expiresAt: now + hour } },
    declared.issueVoucher,
    { ...expired, 'WALLET.TOO_MANY_VOUCHERS': manyVouchers, 'WALLET.ISSUANCE_EXHAUSTED': exhausted },
  ),
  assignPlan: precedenceCases({ ...ofWallet, decide: assignPlan, when: { planId, ...plan } }, declared.assignPlan, {
    'WALLET.CLOSED': closed,
    'WALLET.ISSUANCE_EXHAUSTED': exhausted,
  }),
  renewPlan: precedenceCases(
    {
      ...{ ...ofWallet, given: [opened, planAssigned], decide: renewPlan, when: {} },
      context: { ...context, time: february },
    },
    declared.renewPlan,
    { 'WALLET.ISSUANCE_EXHAUSTED': exhausted },
  ),
  endPlan: precedenceCases(
    { ...ofWallet, given: [opened, planAssigned], decide: endPlan, when: {} },
    declared.endPlan,
    {
      NOT_FOUND: { given: () => [opened] },
    },
  ),
  giveTokens: precedenceCases(
    {
      ...{ ...ofWallet, decide: giveTokens },
      when: { ...first, grant: grantOf(51n), policy: { ...openMarket, approvals: { grantsAbove: 50n } } },
    },
    declared.giveTokens,
    {
      'WALLET.EXPIRY_PASSED': { when: { grant: grantOf(51n, now) } },
      'WALLET.CLOSED': closed,
      'WALLET.TOO_MANY_VOUCHERS': { ...manyVouchers, when: { grant: voucher } },
      'WALLET.ISSUANCE_EXHAUSTED': { ...exhausted, when: { ...exhausted.when, grant: voucher } },
      'WALLET.TOO_MANY_APPROVALS': {
        given: Array.from({ length: mostProposals }, (_, index) =>
          GrantProposed({ walletId, ...first, approvalId: idOf(index + 2), grant: grantOf(51n) }),
        ),
      },
    },
    // A proposal reserves no capacity.
    ['WALLET.ISSUANCE_EXHAUSTED | WALLET.TOO_MANY_APPROVALS'],
  ),
  approveGrant: precedenceCases(
    {
      ...{ ...ofWallet, decide: approveGrant, when: second },
      given: [opened, GrantProposed({ walletId, ...first, grant: voucher })],
    },
    declared.approveGrant,
    {
      ...decidingWith('GrantProposed'),
      'WALLET.APPROVAL_OUTDATED': { context: { time: now + hour } },
      'WALLET.CLOSED': closed,
      'WALLET.TOO_MANY_VOUCHERS': manyVouchers,
      'WALLET.ISSUANCE_EXHAUSTED': exhausted,
    },
  ),
  rejectGrant: precedenceCases(
    {
      ...{ ...ofWallet, decide: rejectGrant, when: second },
      given: [opened, GrantProposed({ walletId, ...first, grant: voucher })],
    },
    declared.rejectGrant,
    decidingWith('GrantProposed'),
  ),
  releaseEscrow: precedenceCases(
    { aggregate: walletLane, given: [], context, decide: releaseEscrow, when: owed },
    declared.releaseEscrow,
    escrowShort,
  ),
  collectFees: precedenceCases(
    { aggregate: walletLane, given: [], context, decide: collectFees, when: owed },
    declared.collectFees,
    escrowShort,
  ),
  orderFeesRetirement: precedenceCases(
    {
      ...{ aggregate: fees, given: [], context, decide: orderFeesRetirement },
      when: { retirementId: `frt_${'1'.repeat(26)}`, tokens: 7n, collected: [{ lane: 0, tokens: 7n }] },
    },
    declared.orderFeesRetirement,
    { 'WALLET.INSUFFICIENT_FEES': { when: { tokens: 8n } } },
  ),
  closeWallet: precedenceCases({ ...ofWallet, decide: closeWallet, when: {} }, declared.closeWallet, {
    'WALLET.IN_DEBT': inDebt,
    'WALLET.NOT_EMPTY': { given: [purchased(1n)] },
  }),
  reopenWallet: precedenceCases(
    { ...ofWallet, given: [opened, ...closed.given], decide: reopenWallet, when: {} },
    declared.reopenWallet,
    { 'WALLET.NOT_CLOSED': { given: () => [opened] } },
  ),
  setSpendLimits: precedenceCases(
    { ...ofWallet, decide: setSpendLimits, when: { alertsAt: [] } },
    declared.setSpendLimits,
    { PERMISSION_DENIED: capped },
  ),
  setExhaustionPolicy: precedenceCases(
    { ...ofWallet, decide: setExhaustionPolicy, when: { action: 'stop', monthlyCap: null } },
    declared.setExhaustionPolicy,
    { PERMISSION_DENIED: capped },
  ),
  setMember: precedenceCases({ ...ofWallet, decide: setMember, when: { memberId: 'sub_new' } }, declared.setMember, {
    PERMISSION_DENIED: capped,
    'WALLET.TOO_MANY_MEMBERS': {
      given: Array.from({ length: mostMembers }, (_, index) => MemberSet({ walletId, memberId: `sub_${index}` })),
    },
  }),
  removeMember: precedenceCases(
    { ...ofWallet, given: [opened, childSet], decide: removeMember, when: { memberId: 'sub_child' } },
    declared.removeMember,
    { PERMISSION_DENIED: capped, NOT_FOUND: { when: { memberId: 'sub_other' } } },
  ),
  suspendMember: precedenceCases(
    {
      ...ofWallet,
      given: [opened, childSet],
      decide: suspendMember,
      when: { memberId: 'sub_child', partyRevision: 2 },
    },
    declared.suspendMember,
    { NOT_FOUND: { when: { memberId: 'sub_other' } } },
  ),
  reinstateMember: precedenceCases(
    {
      ...ofWallet,
      given: [opened, childSet],
      decide: reinstateMember,
      when: { memberId: 'sub_child', partyRevision: 2 },
    },
    declared.reinstateMember,
    { NOT_FOUND: { when: { memberId: 'sub_other' } } },
  ),
};
