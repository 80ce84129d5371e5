import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { paymentOf, runPayments, type RunningPayments } from '../../testing/run-payments.ts';
import type { Caller, RunningWallet } from '../../testing/run-wallet.ts';

let payments: RunningPayments;
let wallet: RunningWallet;
beforeAll(async () => {
  payments = await runPayments();
  wallet = payments.wallet;
}, 120_000);
afterAll(() => payments.close(), 60_000);

describe('a payment that contradicts itself', () => {
  const resolve = (id: string, action: string, who = wallet.operator) =>
    wallet.call(who, 'POST', `/v1/payment-contradictions/${encodeURIComponent(id)}/resolve`, {
      action,
      note: 'looked at',
    });
  const decide = (approvalId: unknown, word: string, who: Caller) =>
    wallet.call(who, 'POST', `/v1/approvals/${String(approvalId)}/${word}`, word === 'reject' ? {} : undefined);

  it('is credited by two persons of the operator, once', async () => {
    const party = await wallet.party();
    const purchaseId = await payments.unpaid(party);
    const id = `msg_${purchaseId}`;
    await payments.webhook('payment.succeeded', paymentOf(purchaseId, '100'), { id });
    const proposed = await resolve(id, 'credit');
    expect(proposed).toMatchObject({ status: 200, body: { status: 'awaiting-approval' } });
    const { approvalId } = proposed.body;
    expect(await payments.contradictionsOf(purchaseId)).toMatchObject([{ status: 'awaiting-approval', approvalId }]);
    expect(await resolve(id, 'dismiss')).toMatchObject({ body: { code: 'WALLET.CONTRADICTION_RESOLVED' } });
    expect(await decide(approvalId, 'approve', wallet.operator)).toMatchObject({
      body: { code: 'WALLET.SAME_PRINCIPAL' },
    });
    expect(await wallet.availableOf(party)).toBe('0');
    expect(await decide(approvalId, 'approve', wallet.approver)).toMatchObject({ status: 200 });
    expect(await wallet.availableOf(party)).toBe('1000000');
    expect(await payments.contradictionsOf(purchaseId)).toMatchObject([{ status: 'resolved', action: 'credit' }]);
    expect(await resolve(id, 'dismiss')).toMatchObject({ body: { code: 'WALLET.CONTRADICTION_RESOLVED' } });
  });

  it('reverses what was bought, where that is what it takes', async () => {
    const party = await wallet.party();
    const purchaseId = await payments.unpaid(party);
    await payments.webhook('payment.succeeded', paymentOf(purchaseId));
    const id = `msg_${purchaseId}`;
    await payments.webhook('payment.failed', paymentOf(purchaseId), { id });
    expect(await resolve(id, 'credit')).toMatchObject({ status: 409, body: { code: 'WALLET.RESOLUTION_UNFIT' } });
    const { approvalId } = (await resolve(id, 'reverse')).body;
    await decide(approvalId, 'approve', wallet.approver);
    expect(await payments.walletOf(party)).toMatchObject({ available: '0', debt: '0' });
    expect(await payments.stateOf(party, purchaseId)).toMatchObject({ status: 'reversed' });
  });

  it('waits on where a second person does not agree, and can be dismissed', async () => {
    const party = await wallet.party();
    const purchaseId = await payments.unpaid(party);
    const id = `msg_${purchaseId}`;
    await payments.webhook('payment.succeeded', paymentOf(purchaseId, '1'), { id });
    const first = (await resolve(id, 'credit')).body['approvalId'];
    await decide(first, 'reject', wallet.approver);
    expect(await payments.contradictionsOf(purchaseId)).toMatchObject([{ status: 'open' }]);
    const second = (await resolve(id, 'dismiss', wallet.approver)).body['approvalId'];
    await decide(second, 'approve', wallet.operator);
    expect(await payments.contradictionsOf(purchaseId)).toMatchObject([{ status: 'resolved', action: 'dismiss' }]);
    expect(await wallet.availableOf(party)).toBe('0');
  });

  it('is any of a purchase on the bill: it changes nothing, and can only be dismissed', async () => {
    const party = await wallet.party();
    const bought = { tokens: '1000000', method: 'carrier-bill' };
    const { body } = await wallet.call(party, 'POST', `/v1/wallets/${party.walletId}/purchases`, bought);
    const purchaseId = String(body['purchaseId']);
    // As long as a provider may make it.
    const id = `msg_${purchaseId}`.padEnd(255, '/');
    expect(await payments.webhook('payment.disputed', paymentOf(purchaseId), { id })).toMatchObject({
      ...{ status: 200, body: { taken: false } },
    });
    expect(await payments.walletOf(party)).toMatchObject({ available: '1000000', debt: '0' });
    expect(await payments.contradictionsOf(purchaseId)).toMatchObject([{ status: 'open' }]);
    expect(await resolve(id, 'reverse')).toMatchObject({ status: 409, body: { code: 'WALLET.RESOLUTION_UNFIT' } });
    expect(await resolve(id, 'dismiss')).toMatchObject({ status: 200 });
  });

  it('is the operator’s business alone', async () => {
    const party = await wallet.party();
    expect(await wallet.get(party, '/v1/payment-contradictions')).toMatchObject({ status: 403 });
    expect(await resolve('msg_none', 'dismiss', party)).toMatchObject({ status: 403 });
    expect(await resolve('msg_none', 'dismiss')).toMatchObject({ status: 404 });
  });
});
