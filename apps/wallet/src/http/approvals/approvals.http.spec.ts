import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { TokenPriceRow } from '../../projections/token-prices.table.ts';
import { runWallet, type RunningWallet, someId } from '../../testing/run-wallet.ts';

let wallet: RunningWallet;
beforeAll(async () => {
  wallet = await runWallet();
  await wallet.put('/v1/token-price', { currency: 'CNY', buy: '200', sellBack: '150' });
  await wallet.put('/v1/market-policy', { approvals: { grantsAbove: '1000', priceChangeAboveBps: 1000 } });
}, 120_000);
afterAll(() => wallet.close(), 60_000);

const awaiting = { approvalId: someId('apr'), status: 'awaiting-approval' };
const decide = (who: 'operator' | 'approver', approvalId: unknown, action: 'approve' | 'reject', body?: object) =>
  wallet.call(wallet[who], 'POST', `/v1/approvals/${String(approvalId)}/${action}`, body);

describe('a grant above what one person may give', () => {
  it('is given once another one approves it, and shows who did', async () => {
    const party = await wallet.party();
    expect(await wallet.grant(party, { tokens: '1000' })).toMatchObject({ status: 201, body: { tokens: '1000' } });
    const asked = await wallet.grant(party, { tokens: '1001' });
    expect(asked).toEqual({ status: 201, body: awaiting });
    const { approvalId } = asked.body;
    expect(await decide('operator', approvalId, 'approve')).toMatchObject({
      status: 409,
      body: { code: 'WALLET.SAME_PRINCIPAL' },
    });
    expect(await wallet.availableOf(party)).toBe('1000');
    const waiting = await wallet.get(wallet.operator, '/v1/approvals?status=awaiting-approval');
    expect(waiting.body).toEqual({
      data: [
        {
          ...{ approvalId, kind: 'grant', walletId: party.walletId, status: 'awaiting-approval' },
          proposal: {
            ...{ grantId: someId('grt'), tokens: '1001', source: 'plan', expiresAt: null, transferable: true },
          },
          ...{ proposedBy: 'bootstrap', proposedAt: expect.any(String) },
        },
      ],
      nextCursor: null,
    });
    const approvals = await Promise.all([0, 1, 2].map(() => decide('approver', approvalId, 'approve')));
    expect(approvals.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(approvals.filter(({ body }) => body['code'] === 'WALLET.APPROVAL_RESOLVED')).toHaveLength(2);
    expect(await wallet.availableOf(party)).toBe('2001');
    expect((await wallet.get(wallet.operator, `/v1/approvals/${String(approvalId)}`)).body).toMatchObject({
      ...{ status: 'approved', proposedBy: 'bootstrap', decidedBy: 'key_approver', decidedAt: expect.any(String) },
    });
  });

  it('is not given when it is rejected', async () => {
    const party = await wallet.party();
    const { approvalId } = (await wallet.grant(party, { tokens: '5000' })).body;
    const reason = 'not agreed';
    expect(await decide('approver', approvalId, 'reject', { reason })).toEqual({
      status: 200,
      body: { approvalId, status: 'rejected', reason },
    });
    expect(await decide('approver', approvalId, 'approve')).toMatchObject({
      body: { code: 'WALLET.APPROVAL_RESOLVED' },
    });
    expect(await wallet.availableOf(party)).toBe('0');
  });

  it('cannot be given as a voucher or a plan instead', async () => {
    const party = await wallet.party();
    const path = `/v1/wallets/${party.walletId}`;
    const voucher = { tokens: '1001', shareBps: 10_000, expiresAt: '2999-01-01T00:00:00.000Z' };
    const asked = await wallet.call(wallet.operator, 'POST', `${path}/vouchers`, voucher);
    expect(asked).toEqual({ status: 201, body: awaiting });
    const plan = await wallet.put(`${path}/plan`, { tokens: '1001', rolloverCap: '0' });
    expect(plan).toEqual({ status: 200, body: awaiting });
    expect(await wallet.availableOf(party)).toBe('0');
    await decide('approver', asked.body['approvalId'], 'approve');
    await decide('approver', plan.body['approvalId'], 'approve');
    expect(await wallet.availableOf(party)).toBe('2002');
  });

  it('is the operator’s to decide, and only where there is one', async () => {
    const party = await wallet.party();
    const { approvalId } = (await wallet.grant(party, { tokens: '5000' })).body;
    const path = `/v1/approvals/${String(approvalId)}`;
    expect(await wallet.call(party, 'POST', `${path}/approve`)).toMatchObject({ status: 403 });
    expect(await wallet.get(party, path)).toMatchObject({ status: 403 });
    expect(await decide('approver', `apr_${'0'.repeat(26)}`, 'approve')).toMatchObject({ status: 404 });
  });
});

describe('a price that changes by more than one person may change it', () => {
  const inForce = async () => (await wallet.get(wallet.operator, '/v1/token-price')).body['buy'];
  const post = (buy: string) => wallet.put('/v1/token-price', { currency: 'CNY', buy, sellBack: '150' });

  it('holds once another one approves it', async () => {
    expect(await post('221')).toEqual({ status: 200, body: awaiting });
    const asked = await post('300');
    expect(await inForce()).toBe('200');
    const { approvalId } = asked.body;
    expect(await decide('operator', approvalId, 'approve')).toMatchObject({
      body: { code: 'WALLET.SAME_PRINCIPAL' },
    });
    expect(await decide('approver', approvalId, 'approve')).toEqual({
      status: 200,
      body: { approvalId, status: 'approved' },
    });
    expect(await inForce()).toBe('300');
    expect(await post('330')).toMatchObject({ status: 200, body: { buy: '330' } });
    expect(await inForce()).toBe('330');
  });

  it('is compared with what was posted just before it, whoever posts at once', async () => {
    await Promise.all(['360', '390', '420', '450', '480'].map(post));
    const posted = await wallet
      .instance(DataSource)
      .getRepository(TokenPriceRow)
      .find({ order: { priceVersion: 'ASC' } });
    const since330 = posted.slice(posted.findIndex(({ buy }) => buy === 330n)).map(({ buy }) => Number(buy));
    expect(since330.length).toBeGreaterThan(1);
    const changes = since330.slice(1).map((buy, index) => Math.abs(buy - since330[index]!) / since330[index]!);
    expect(Math.max(...changes)).toBeLessThanOrEqual(0.1);
  });
});

describe('a market policy that lets one person do more alone', () => {
  it('holds once another one approves it; a stricter one holds at once', async () => {
    const stricter = { approvals: { grantsAbove: '999', priceChangeAboveBps: 1000 } };
    expect(await wallet.put('/v1/market-policy', stricter)).toMatchObject({ status: 200, body: stricter });
    const asked = await wallet.put('/v1/market-policy', {});
    expect(asked).toEqual({ status: 200, body: awaiting });
    const { approvalId } = asked.body;
    expect((await wallet.get(wallet.operator, `/v1/approvals/${String(approvalId)}`)).body['proposal']).toEqual({
      ...{ sending: { allowed: true }, selling: { allowed: true }, approvals: {} },
    });
    expect(await wallet.get(wallet.operator, '/v1/market-policy')).toMatchObject({ body: stricter });
    expect(await decide('operator', approvalId, 'approve')).toMatchObject({
      body: { code: 'WALLET.SAME_PRINCIPAL' },
    });
    expect(await decide('approver', approvalId, 'approve')).toEqual({
      status: 200,
      body: { approvalId, status: 'approved' },
    });
    expect(await wallet.get(wallet.operator, '/v1/market-policy')).toMatchObject({ body: { approvals: {} } });
    expect((await wallet.get(wallet.operator, `/v1/approvals/${String(approvalId)}`)).body).toMatchObject({
      ...{ kind: 'market-policy', status: 'approved', proposedBy: 'bootstrap', decidedBy: 'key_approver' },
      proposal: { sending: { allowed: true }, selling: { allowed: true }, approvals: {} },
    });
    const party = await wallet.party();
    expect(await wallet.grant(party, { tokens: '1000000' })).toMatchObject({
      status: 201,
      body: { tokens: '1000000' },
    });
  });
});
