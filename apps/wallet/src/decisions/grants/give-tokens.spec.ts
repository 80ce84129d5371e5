import { describe, expect, it } from '@jest/globals';
import type { Grant } from '@tokengrid/contracts';
import {
  CapacityUsed,
  GrantApprovalRefused,
  GrantApproved,
  GrantProposed,
  GrantRefused,
  GrantRejected,
  instantOf,
  PlanAssigned,
  TokensExpired,
  TokensGranted,
  VoucherIssued,
  VoucherRefused,
  WalletClosed,
} from '@tokengrid/contracts';
import { onSystemStream } from '@tokengrid/kernel';
import { mostProposals } from '../state/approvals.ts';
import { approveGrant } from './approve-grant.ts';
import { context, given, granted, grantId, hour, limitedTo, now, opened, walletId } from '../examples.fixture.ts';
import { giveTokens } from './give-tokens.ts';
import { openMarket } from '../state/market-policies.ts';
import { rejectGrant } from './reject-grant.ts';

const approvalId = `apr_${'1'.repeat(26)}`;
const voucherId = `vch_${'1'.repeat(26)}`;
const planId = `pln_${'1'.repeat(26)}`;
const policy = { ...openMarket, approvals: { grantsAbove: 50n } };

const grantOf = (tokens: bigint, expiresAt: number | null = null): Grant => ({
  kind: 'grant',
  grantId,
  tokens,
  source: 'plan',
  expiresAt: expiresAt === null ? null : instantOf(expiresAt),
  transferable: false,
});
const voucherOf = (tokens: bigint): Grant => {
  const terms = { shareBps: 5000 };
  return { kind: 'voucher', voucherId, tokens, terms, expiresAt: instantOf(now + hour) };
};
const planOf = (tokens: bigint): Grant => ({ kind: 'plan', planId, tokens, rolloverCap: 0n, transferable: false });

const first = { by: 'first', people: ['first'] };
const asked = (grant: Grant) => ({ approvalId, ...first, grant, policy });
const proposed = (grant: Grant, id = approvalId) => GrantProposed({ walletId, approvalId: id, ...first, grant });
const word = { approvalId, by: 'second' };
const second = { ...word, people: ['second'] };
const approved = GrantApproved({ walletId, ...word });
const refused = (
  action: 'propose' | 'approve' | 'reject',
  code: Parameters<typeof GrantApprovalRefused>[0]['code'],
  more: object = {},
) => GrantApprovalRefused({ walletId, ...word, action, code, ...more });
const used = (tokens: bigint) => onSystemStream(CapacityUsed({ walletId, tokens }));

describe('give tokens', () => {
  it('gives what one person may at once, and knows no proposal', () =>
    given(opened)
      .when(giveTokens, asked(grantOf(50n)), context)
      .then(granted(50n, { transferable: false }), used(50n)));

  it('gives anything while the policy asks for no approval', () =>
    given(opened)
      .when(giveTokens, { ...asked(grantOf(51n)), policy: openMarket }, context)
      .then(granted(51n, { transferable: false }), used(51n)));

  it.each([
    ['grant', grantOf(51n)],
    ['voucher', voucherOf(51n)],
    ['plan', planOf(51n)],
  ])('lets a %s of one µAIT more wait, whatever the capacity', (_, grant) =>
    given(opened).when(giveTokens, asked(grant), limitedTo(0n)).then(proposed(grant)),
  );

  it('is refused as it would be without an approval, before it waits', () => {
    given(opened)
      .when(giveTokens, asked(grantOf(51n, now)), context)
      .then(GrantRefused({ walletId, grantId, tokens: 51n, code: 'WALLET.EXPIRY_PASSED' }));
    given(opened, WalletClosed({ walletId, status: 'closed' }))
      .when(giveTokens, asked(voucherOf(51n)), context)
      .then(VoucherRefused({ walletId, voucherId, tokens: 51n, code: 'WALLET.CLOSED' }));
  });

  it('is refused where as much waits as may', () => {
    const waiting = Array.from({ length: mostProposals }, (_, index) => proposed(grantOf(51n), `apr_${index}`));
    given(opened, ...waiting)
      .when(giveTokens, asked(grantOf(51n)), context)
      .then(
        GrantApprovalRefused({
          walletId,
          approvalId,
          by: 'first',
          action: 'propose',
          code: 'WALLET.TOO_MANY_APPROVALS',
        }),
      );
  });

  it('expires what is due first', () =>
    expect(
      given(opened, granted(7n, { expiresAt: now })).when(giveTokens, asked(grantOf(51n)), context).decided,
    ).toMatchObject([{ type: TokensExpired.type }, { systemEvent: {} }, { type: GrantProposed.type }]));
});

describe('approve a grant', () => {
  it('gives exactly what was proposed', () => {
    given(opened, proposed(grantOf(51n)))
      .when(approveGrant, second, context)
      .then(approved, granted(51n, { transferable: false }), used(51n));
    const voucher = given(opened, proposed(voucherOf(51n))).when(approveGrant, second, context).decided;
    expect(voucher).toMatchObject([approved, { type: VoucherIssued.type, data: { voucherId, tokens: 51n } }, {}]);
    const plan = given(opened, proposed(planOf(51n))).when(approveGrant, second, context).decided;
    expect(plan).toMatchObject([
      approved,
      { type: PlanAssigned.type, data: { planId } },
      { type: TokensGranted.type },
      {},
    ]);
  });

  it('is refused once it was approved or rejected, before who it is matters', () => {
    for (const resolution of [approved, GrantRejected({ walletId, ...word })]) {
      given(opened, proposed(grantOf(51n)), resolution)
        .when(approveGrant, second, context)
        .then(refused('approve', 'WALLET.APPROVAL_RESOLVED'));
    }
  });

  it('is refused to who proposed it, before what is there to give', () =>
    given(opened, proposed(grantOf(51n)))
      .when(approveGrant, { approvalId, ...first }, limitedTo(0n))
      .then(
        GrantApprovalRefused({
          ...{ walletId, approvalId, by: 'first', action: 'approve', code: 'WALLET.SAME_PRINCIPAL' },
        }),
      ));

  it('is refused where it would have expired by now', () =>
    given(opened, proposed(grantOf(51n, now + hour)))
      .when(approveGrant, second, { ...limitedTo(0n), time: now + hour })
      .then(refused('approve', 'WALLET.APPROVAL_OUTDATED')));

  it('is refused where the wallet was closed meanwhile', () =>
    given(opened, proposed(grantOf(51n)), WalletClosed({ walletId, status: 'closed' }))
      .when(approveGrant, second, limitedTo(0n))
      .then(refused('approve', 'WALLET.CLOSED')));

  it("asks for a larger slice before it decides past the lane's own", () =>
    expect(() => given(opened, proposed(grantOf(51n))).when(approveGrant, second, limitedTo(50n))).toThrow(
      'fact needed: capacity',
    ));

  it('is refused where the capacity does not cover it, and waits on', () => {
    const short = refused('approve', 'WALLET.ISSUANCE_EXHAUSTED', { available: 50n, required: 51n });
    const waiting = given(opened, proposed(grantOf(51n)));
    waiting.when(approveGrant, { ...second, capacityLeft: 0n }, limitedTo(50n)).then(short);
    const later = given(opened, proposed(grantOf(51n)), short).when(approveGrant, second, context).decided;
    expect(later).toMatchObject([approved, { type: TokensGranted.type }, {}]);
  });
});

describe('reject a grant', () => {
  it('gives nothing, and says why', () => {
    given(opened, proposed(grantOf(51n)))
      .when(rejectGrant, { ...second, reason: 'too much' }, context)
      .then(GrantRejected({ walletId, ...word, reason: 'too much' }));
    given(opened, proposed(grantOf(51n)))
      .when(rejectGrant, second, context)
      .then(GrantRejected({ walletId, ...word }));
  });

  it('is refused once it was resolved, and to who proposed it', () => {
    given(opened, proposed(grantOf(51n)), approved)
      .when(rejectGrant, { approvalId, ...first }, context)
      .then(
        GrantApprovalRefused({ walletId, approvalId, by: 'first', action: 'reject', code: 'WALLET.APPROVAL_RESOLVED' }),
      );
    given(opened, proposed(grantOf(51n)))
      .when(rejectGrant, { approvalId, ...first }, context)
      .then(
        GrantApprovalRefused({ walletId, approvalId, by: 'first', action: 'reject', code: 'WALLET.SAME_PRINCIPAL' }),
      );
  });
});
