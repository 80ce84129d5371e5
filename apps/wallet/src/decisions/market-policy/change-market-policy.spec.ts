import { describe, expect, it } from '@jest/globals';
import {
  MarketPolicyApprovalRefused,
  MarketPolicyApproved,
  MarketPolicyProposed,
  MarketPolicyRejected,
  MarketPolicySet,
} from '@tokengrid/contracts';
import { givenFor } from '@tokengrid/kernel';
import { mostProposals } from '../state/approvals.ts';
import { policyTakesApproval } from '../rules/approvals.ts';
import { changeMarketPolicy } from './change-market-policy.ts';
import { approveMarketPolicy, rejectMarketPolicy } from './decide-market-policy.ts';
import { marketPolicies, openMarket } from '../state/market-policies.ts';

const given = givenFor(marketPolicies);
const idOf = (digit: string) => `apr_${digit.repeat(26)}`;
const approvalId = idOf('1');
const proposal = { approvalId, by: 'bootstrap', people: ['bootstrap'] };
const approval = { approvalId, by: 'approver' };
const approver = { ...approval, people: ['approver'] };

const { version: _, ...open } = openMarket;
const strict = { ...open, approvals: { grantsAbove: 100n, priceChangeAboveBps: 500 } };
const isSet = MarketPolicySet({ ...strict, version: 1 });
const proposed = MarketPolicyProposed({ ...proposal, ...open });
const refused = (
  action: 'propose' | 'approve' | 'reject',
  by: string,
  code: Parameters<typeof MarketPolicyApprovalRefused>[0]['code'],
) => MarketPolicyApprovalRefused({ approvalId, by, action, code });

describe('changing the market policy', () => {
  it('is one person’s where nothing took two', () =>
    given()
      .when(changeMarketPolicy, { ...proposal, terms: strict })
      .then(isSet));

  it('is one person’s where one may do no more alone than before', () =>
    given(isSet)
      .when(changeMarketPolicy, { ...proposal, terms: { ...strict, billMonthlyLimit: 5n } })
      .then(MarketPolicySet({ ...strict, billMonthlyLimit: 5n, version: 2 })));

  it('waits for a second person where one may do more alone', () =>
    given(isSet)
      .when(changeMarketPolicy, { ...proposal, terms: open })
      .then(proposed));

  it('is refused where as much waits as may', () =>
    given(
      isSet,
      ...Array.from({ length: mostProposals }, (_, index) =>
        MarketPolicyProposed({
          approvalId: idOf(String.fromCharCode(97 + index)),
          by: 'bootstrap',
          people: ['bootstrap'],
          ...open,
        }),
      ),
    )
      .when(changeMarketPolicy, { ...proposal, terms: open })
      .then(refused('propose', 'bootstrap', 'WALLET.TOO_MANY_APPROVALS')));

  it.each([
    ['as they were', {}, false],
    ['lower', { grantsAbove: 99n, priceChangeAboveBps: 499 }, false],
    ['higher for grants', { grantsAbove: 101n }, true],
    ['gone for grants', { grantsAbove: undefined }, true],
    ['higher for prices', { priceChangeAboveBps: 501 }, true],
    ['gone for prices', { priceChangeAboveBps: undefined }, true],
  ])('goes by what takes two: thresholds that are %s', (_, change, takesTwo) => {
    const { approvals } = strict;
    expect(policyTakesApproval(approvals, { ...approvals, ...change })).toBe(takesTwo);
    expect(policyTakesApproval({}, { ...approvals, ...change })).toBe(false);
  });
});

describe('a proposed market policy', () => {
  it('is set on a second person’s word, as it was proposed', () =>
    given(isSet, proposed)
      .when(approveMarketPolicy, approver)
      .then(MarketPolicyApproved(approval), MarketPolicySet({ ...open, version: 2 })));

  it('is dropped on a second person’s word', () => {
    given(isSet, proposed)
      .when(rejectMarketPolicy, { ...approver, reason: 'not agreed' })
      .then(MarketPolicyRejected({ ...approval, reason: 'not agreed' }));
    given(isSet, proposed).when(rejectMarketPolicy, approver).then(MarketPolicyRejected(approval));
  });

  it.each([
    ['once it was approved', [proposed, MarketPolicyApproved(approval)], 'bootstrap', 'WALLET.APPROVAL_RESOLVED'],
    ['once it was rejected', [proposed, MarketPolicyRejected(approval)], 'approver', 'WALLET.APPROVAL_RESOLVED'],
    ['by who proposed it', [proposed], 'bootstrap', 'WALLET.SAME_PRINCIPAL'],
  ] as const)('is not decided %s', (_, history, by, code) => {
    given(isSet, ...history)
      .when(approveMarketPolicy, { approvalId, by, people: [by] })
      .then(refused('approve', by, code));
    given(isSet, ...history)
      .when(rejectMarketPolicy, { approvalId, by, people: [by] })
      .then(refused('reject', by, code));
  });
});
