import { describe, expect, it } from '@jest/globals';
import type { ContradictionAction, PaymentNoticeKind, WalletStreamEvent } from '@tokengrid/contracts';
import { PurchaseFailed } from '@tokengrid/contracts';
import { mostProposals } from '../state/approvals.ts';
import { context, given, limitedTo, opened, price, purchaseId, walletId } from '../examples.fixture.ts';
import type { PaymentNotice } from '../state/proposed-resolutions.ts';
import { completed, contradicted, knownAfter, minor, pending, tokens } from './purchases.fixture.ts';
import { approveResolution, proposeResolution, rejectResolution } from './resolve-contradiction.ts';
import { FactNeeded } from '../state/facts.ts';

const approvalId = `apr_${'1'.repeat(26)}`;
const first = { approvalId, by: 'first', people: ['first'] };
const second = { approvalId, by: 'second', people: ['second'] };
const noticeOf = (kind: PaymentNoticeKind, amount = 500n): PaymentNotice => ({
  ...{ purchaseId, noticeId: 'msg_1', kind, paid: minor(amount), paymentId: 'pay_1' },
});
const said = (notice: PaymentNotice) => contradicted('WALLET.PAYMENT_CONTRADICTED', notice);

function propose(
  history: readonly WalletStreamEvent[],
  notice: PaymentNotice,
  action: ContradictionAction,
  isResolved = false,
) {
  const known = { ...knownAfter(history, purchaseId), notice, isResolved };
  const proposing = { ...first, action, note: 'looked at', known };
  return given(opened, ...history).when(proposeResolution, proposing, context);
}
const own = (decided: readonly object[]) => decided.filter((event) => 'type' in event) as WalletStreamEvent[];
const codes = (decided: readonly object[]) =>
  own(decided).map(({ type, data }) => ('code' in data ? `${type} ${String(data.code)}` : type));

/** The history with an open proposal of a resolution. */
const proposed = (history: readonly WalletStreamEvent[], notice: PaymentNotice, action: ContradictionAction) => [
  ...history,
  ...own(propose(history, notice, action).decided),
];
function approve(history: readonly WalletStreamEvent[], over: object = {}, at = context) {
  const known = knownAfter(history, purchaseId);
  return given(opened, ...history).when(approveResolution, { ...second, posted: price, known, ...over }, at).decided;
}

describe('a payment that contradicts itself', () => {
  const failed = PurchaseFailed({ walletId, purchaseId, tokens, code: 'WALLET.PAYMENT_FAILED' });

  it.each<[ContradictionAction, PaymentNoticeKind, readonly WalletStreamEvent[], boolean]>([
    ['dismiss', 'succeeded', [pending, completed], true],
    ['credit', 'succeeded', [pending], true],
    ['credit', 'succeeded', [pending, failed], true],
    ['credit', 'succeeded', [pending, completed], false],
    ['credit', 'failed', [pending], false],
    ['credit', 'refunded', [pending, completed], false],
    ['credit', 'dispute_won', [pending, completed], false],
    ['reverse', 'failed', [pending, completed], true],
    ['reverse', 'refunded', [pending, completed], true],
    ['reverse', 'failed', [pending, failed], false],
  ])('can be proposed to be resolved by %s of %s', (action, kind, history, fits) => {
    const notice = noticeOf(kind);
    const { decided } = propose([...history, said(notice)], notice, action);
    expect(codes(decided)).toEqual([
      fits ? 'ContradictionResolutionProposed' : 'ContradictionResolutionRefused WALLET.RESOLUTION_UNFIT',
    ]);
  });

  it('is resolved once, and by one proposal at a time', () => {
    const notice = noticeOf('failed');
    const history = [pending, completed, said(notice)];
    const resolved = ['ContradictionResolutionRefused WALLET.CONTRADICTION_RESOLVED'];
    expect(codes(propose(history, notice, 'dismiss', true).decided)).toEqual(resolved);
    expect(codes(propose(proposed(history, notice, 'reverse'), notice, 'dismiss').decided)).toEqual(resolved);
  });

  it('waits with no more than ten others', () => {
    const notices = Array.from({ length: mostProposals }, (_, number) => ({
      ...noticeOf('failed'),
      noticeId: `msg_${number + 2}`,
    }));
    const history = notices.reduce<readonly WalletStreamEvent[]>(
      (before, notice) => proposed([...before, said(notice)], notice, 'dismiss'),
      [pending, completed],
    );
    const one = noticeOf('failed');
    expect(codes(propose([...history, said(one)], one, 'dismiss').decided)).toEqual([
      'ContradictionResolutionRefused WALLET.TOO_MANY_APPROVALS',
    ]);
  });

  it('takes a second person, who may not agree', () => {
    const history = proposed([pending, completed, said(noticeOf('failed'))], noticeOf('failed'), 'reverse');
    const barred = ['ContradictionResolutionRefused WALLET.SAME_PRINCIPAL'];
    expect(codes(approve(history, first))).toEqual(barred);
    const reject = (who: typeof first) => given(opened, ...history).when(rejectResolution, who, context).decided;
    expect(codes(reject(first))).toEqual(barred);
    expect(codes(reject(second))).toEqual(['ContradictionResolutionRejected']);
    expect(codes(approve([...history, ...own(reject(second))]))).toEqual([
      'ContradictionResolutionRefused WALLET.APPROVAL_RESOLVED',
    ]);
  });

  it('is credited as what its money buys, and what was ordered waits no more', () => {
    const notice = noticeOf('succeeded', 100n);
    const history = proposed([pending, said(notice)], notice, 'credit');
    const decided = approve(history);
    expect(codes(decided)).toEqual([
      'ContradictionResolutionApproved',
      'PaymentContradictionResolved',
      'TokensPurchased',
    ]);
    expect(own(decided)[2]).toMatchObject({ data: { tokens: 500_000n, price: { amount: 100n } } });
  });

  it('waits on where nothing is bought or the capacity is gone', () => {
    const notice = noticeOf('succeeded');
    const history = proposed([pending, failed, said(notice)], notice, 'credit');
    expect(codes(approve(history, { posted: undefined }))).toEqual([
      'ContradictionResolutionRefused WALLET.NOTHING_BOUGHT',
    ]);
    expect(() => approve(history, {}, limitedTo(0n))).toThrow('fact needed: capacity');
    expect(codes(approve(history, { capacityLeft: 0n }, limitedTo(0n)))).toEqual([
      'ContradictionResolutionRefused WALLET.ISSUANCE_EXHAUSTED',
    ]);
  });

  it('does not fit any more where the purchase was paid meanwhile', () => {
    const notice = noticeOf('succeeded', 100n);
    const history = [...proposed([pending, said(notice)], notice, 'credit'), completed];
    expect(codes(approve(history))).toEqual(['ContradictionResolutionRefused WALLET.RESOLUTION_UNFIT']);
  });

  it('reverses no more than is left of what was paid', () => {
    const notice = noticeOf('refunded', 700n);
    const decided = approve(proposed([pending, completed, said(notice)], notice, 'reverse'));
    expect(own(decided)[2]).toMatchObject({
      type: 'PurchaseReversed',
      data: { kind: 'operator', price: { amount: 500n }, tokens },
    });
  });

  it('is not decided on what was known before the purchase changed', () => {
    const notice = noticeOf('failed');
    const known = { ...knownAfter([pending, completed], purchaseId), notice, isResolved: false };
    const history = [opened, pending, completed, said(notice)];
    expect(() =>
      given(...history).when(proposeResolution, { ...first, action: 'dismiss', note: 'late', known }, context),
    ).toThrow(new FactNeeded('contradiction', { noticeId: notice.noticeId }));
  });
});
