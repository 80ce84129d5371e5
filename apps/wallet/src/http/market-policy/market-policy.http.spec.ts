import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  instantOf,
  type Lot,
  PlanAssigned,
  TokensGranted,
  TokensReceived,
  type WalletEvent,
} from '@tokengrid/contracts';
import { laneOf, utcCalendar } from '@tokengrid/kernel';
import { Reaction } from '@tokengrid/event-bus';
import { newId } from '@tokengrid/service';
import { readModelsBothWays } from '@tokengrid/service/testing';
import { expireTokens } from '../../decisions/wallets/expire-tokens.ts';
import { moveTokens } from '../../decisions/rules/postings.ts';
import { WhenVoucherReturnedRefundVoucher } from '../../policies/when-voucher-returned-refund-voucher.ts';
import { definition } from '../../service.definition.ts';
import { type Caller, runWallet, type RunningWallet, someCommand, someId } from '../../testing/run-wallet.ts';
import { Wallets } from '../../streams/wallets.ts';

let wallet: RunningWallet;
beforeAll(async () => {
  wallet = await runWallet({ QUOTE_SECONDS: '300' });
  await wallet.put('/v1/token-price', { currency: 'CNY', buy: '100', sellBack: '90' });
}, 120_000);
afterAll(() => wallet.close(), 60_000);

/** States facts in a wallet's stream. */
const happened = (party: Caller, ...events: readonly WalletEvent[]) =>
  wallet.instance(Wallets).handle(() => events, someCommand(party.walletId, {}));
const intoWallet = (party: Caller, tokens: bigint, account: string) =>
  moveTokens(tokens, `lane:${laneOf(party.walletId, 3)}:${account}`, `wallet:${party.walletId}:available`);
const allowAll = async () => {
  const { approvalId } = (await wallet.put('/v1/market-policy', {})).body;
  // A looser policy than before needs a second person.
  if (approvalId !== undefined) {
    await wallet.call(wallet.approver, 'POST', `/v1/approvals/${String(approvalId)}/approve`);
  }
};
const refusedFor = (limit: string, available: string, required: string) => ({
  status: 409,
  body: expect.objectContaining({ code: 'WALLET.LIMIT_EXCEEDED', limit, available, required }),
});

describe('the market policy', () => {
  it('allows all until it is set, and is the operator’s to set', async () => {
    const party = await wallet.party();
    const open = { version: 0, sending: { allowed: true }, selling: { allowed: true }, approvals: {} };
    expect(await wallet.get(party, '/v1/market-policy')).toEqual({ status: 200, body: open });
    expect(await wallet.call(party, 'PUT', '/v1/market-policy', {})).toMatchObject({ status: 403 });
    const wrong = { sending: { allowed: 'no' }, billMonthlyLimit: '-1', resale: true };
    expect(await wallet.put('/v1/market-policy', wrong)).toMatchObject({
      status: 400,
      body: { code: 'INVALID_ARGUMENT' },
    });
  });

  it('holds for whoever comes after its answer', async () => {
    const [party, other] = [await wallet.party(), await wallet.party()];
    await wallet.buy(party, '1000000');
    const policy = {
      billMonthlyLimit: '150',
      sending: { allowed: false },
      selling: { allowed: true, monthlyCap: '300000' },
      approvals: { grantsAbove: '100', priceChangeAboveBps: 1000 },
    };
    const set = await wallet.put('/v1/market-policy', policy);
    expect(set).toEqual({ status: 200, body: { ...policy, version: 1 } });
    expect(await wallet.get(party, '/v1/market-policy')).toEqual(set);
    expect(await wallet.post(party, 'transfers', { toWalletId: other.walletId, tokens: '1' })).toMatchObject({
      status: 409,
      body: { code: 'WALLET.SENDING_OFF' },
    });
    expect(await wallet.post(party, 'sales', { tokens: '300001' })).toEqual(
      refusedFor('selling-monthly', '300000', '300001'),
    );
    expect(await wallet.buy(party, '510000')).toEqual(refusedFor('bill-monthly', '50', '51'));
    expect(await wallet.buy(party, '500000')).toMatchObject({ status: 201 });
    await allowAll();
  });

  it('gives way to a wallet’s own limit of its bill', async () => {
    const party = await wallet.party();
    const path = `/v1/wallets/${party.walletId}/bill-limit`;
    expect(await wallet.call(party, 'PUT', path, { monthlyLimit: '0' })).toMatchObject({ status: 403 });
    expect(await wallet.put(path, { monthlyLimit: '7' })).toEqual({
      status: 200,
      body: { walletId: party.walletId, monthlyLimit: '7' },
    });
    expect(await wallet.buy(party, '70001')).toEqual(refusedFor('bill-monthly', '7', '8'));
    await wallet.buy(party, '70000');
    const month = instantOf(Date.now()).slice(0, 7);
    const bill = { walletId: party.walletId, month, billed: '7', monthlyLimit: '7', of: 'wallet' };
    expect(await wallet.get(party, path)).toEqual({ status: 200, body: bill });
    await wallet.put(path, { monthlyLimit: null });
    expect(await wallet.get(party, path)).toMatchObject({ body: { monthlyLimit: null, of: 'all' } });
    expect(await wallet.buy(party, '70001')).toMatchObject({ status: 201 });
  });

  it('never bills more than it allows, however many buy at once', async () => {
    const party = await wallet.party();
    await wallet.put(`/v1/wallets/${party.walletId}/bill-limit`, { monthlyLimit: '500' });
    const answers = await Promise.all(Array.from({ length: 40 }, () => wallet.buy(party, '500000')));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(10);
    expect(await wallet.availableOf(party)).toBe('5000000');
  });
});

describe('a quote', () => {
  it('keeps its price when another is posted, for one purchase', async () => {
    const party = await wallet.party();
    const quote = await wallet.post(party, 'quotes', { side: 'buy', tokens: '1000001' }, 'quote');
    expect(quote).toEqual({
      status: 201,
      body: {
        ...{ quoteId: someId('quo'), walletId: party.walletId, side: 'buy', tokens: '1000001' },
        ...{ price: { currency: 'CNY', amount: '101' }, priceVersion: 1, expiresAt: expect.any(String) },
      },
    });
    expect(await wallet.post(party, 'quotes', { side: 'buy', tokens: '1000001' }, 'quote')).toEqual(quote);
    await wallet.put('/v1/token-price', { currency: 'CNY', buy: '500', sellBack: '90' });
    const purchase = { tokens: '1000001', method: 'carrier-bill', quoteId: quote.body['quoteId'] };
    const buy = (more: object, key?: string) => wallet.post(party, 'purchases', { ...purchase, ...more }, key);
    expect(await buy({ tokens: '1000000' })).toMatchObject({ status: 409, body: { code: 'WALLET.QUOTE_MISMATCH' } });
    const bought = await buy({}, 'buy');
    expect(bought).toMatchObject({ status: 201, body: { price: { amount: '101' } } });
    expect(await buy({}, 'buy')).toEqual(bought);
    expect(await buy({})).toMatchObject({ status: 409, body: { code: 'WALLET.QUOTE_UNKNOWN' } });
    const stranger = await wallet.party();
    expect(await wallet.post(stranger, 'purchases', purchase)).toMatchObject({
      body: { code: 'WALLET.QUOTE_UNKNOWN' },
    });
    await wallet.put('/v1/token-price', { currency: 'CNY', buy: '100', sellBack: '90' });
  });
});

describe('a voucher', () => {
  const terms = { scope: { models: ['qwen'] }, shareBps: 5000, capPerUse: '20' };
  const inAnHour = instantOf(Date.now() + 3_600_000);

  it('is the operator’s to issue, and shows its terms', async () => {
    const party = await wallet.party();
    const asked = { tokens: '100', ...terms, expiresAt: inAnHour };
    const give = (who: Caller, more: object = {}) =>
      wallet.call(who, 'POST', `/v1/wallets/${party.walletId}/vouchers`, { ...asked, ...more });
    expect(await give(party)).toMatchObject({ status: 403, body: { code: 'PERMISSION_DENIED' } });
    const issued = {
      ...asked,
      voucherId: someId('vch'),
      walletId: party.walletId,
      funder: 'operator',
      status: 'issued',
    };
    expect(await give(wallet.operator)).toEqual({ status: 201, body: issued });
    expect(await give(wallet.operator, { expiresAt: '2001-01-01T00:00:00Z' })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/expiresAt' }] },
    });
    expect(await give(wallet.operator, { shareBps: 10_001 })).toMatchObject({ status: 400 });
    const { body } = await wallet.get(party, `/v1/wallets/${party.walletId}/lots`);
    expect(body['data']).toMatchObject([{ source: 'voucher', voucher: { ...terms, funder: 'operator' } }]);
    expect(await wallet.post(party, 'sales', { tokens: '1' })).toMatchObject({ body: { available: '0' } });
  });

  it('may be funded by a party, which gets back what was not used', async () => {
    const [funder, party] = [await wallet.party(), await wallet.party()];
    await wallet.buy(funder, '1000');
    const voucher = { tokens: '600', ...terms, expiresAt: inAnHour };
    const fund = (toWalletId: string) => wallet.post(funder, 'vouchers', { ...voucher, toWalletId });
    expect(await fund(funder.walletId)).toMatchObject({ status: 400, body: { errors: [{ pointer: '/toWalletId' }] } });
    expect(await fund(`wal_${'0'.repeat(26)}`)).toMatchObject({ status: 404 });
    expect(await fund(party.walletId)).toEqual({
      status: 201,
      body: { ...voucher, voucherId: someId('trf'), walletId: party.walletId, funder: funder.partyId, status: 'sent' },
    });
    expect(await wallet.availableOf(funder)).toBe('400');
    const lot: Lot = {
      ...{ lotId: 'trf_spec', source: 'voucher', tokens: 600n, priority: 10, expiresAt: inAnHour, transferable: false },
      voucher: { funder: funder.partyId, models: ['qwen'], shareBps: 5000 },
    };
    const transfer = {
      walletId: party.walletId,
      transferId: newId('trf'),
      fromWalletId: funder.walletId,
      tokens: 600n,
    };
    await happened(
      party,
      TokensReceived({ ...transfer, lots: [lot], postings: intoWallet(party, 600n, 'in-transit') }),
    );
    const anHourLater: typeof expireTokens = (state, data, context) =>
      expireTokens(state, data, { ...context, time: Date.parse(inAnHour) });
    const { events } = await wallet.instance(Wallets).handle(anHourLater, someCommand(party.walletId, {}));
    const returned = events.find((event) => event.type === 'VoucherReturned')!;
    const policy = wallet.instance(WhenVoucherReturnedRefundVoucher);
    for (let delivery = 0; delivery < 3; delivery++) await policy.refund(returned, new Reaction('refund', returned));
    expect([await wallet.availableOf(party), await wallet.availableOf(funder)]).toEqual(['0', '1000']);
    const entries = await wallet.get(funder, `/v1/wallets/${funder.walletId}/entries?order=newest-first&limit=1`);
    expect(entries.body['data']).toMatchObject([{ type: 'voucher-refund', tokens: '600', balanceAfter: '1000' }]);
  });

  const giveBack = (who: Caller, voucherId: unknown) =>
    wallet.call(who, 'POST', `/v1/vouchers/${String(voucherId)}/return`);

  it('is given back by whose wallet it is in, to whoever funded it', async () => {
    const [funder, party] = [await wallet.party(), await wallet.party()];
    await wallet.buy(funder, '1000');
    const asked = { tokens: '600', ...terms, expiresAt: inAnHour, toWalletId: party.walletId };
    const { voucherId } = (await wallet.post(funder, 'vouchers', asked)).body;
    const { walletId } = party;
    const transferId = String(voucherId);
    const lot: Lot = {
      ...{ lotId: transferId, source: 'voucher', tokens: 600n, priority: 10, expiresAt: inAnHour, transferable: false },
      voucher: { funder: funder.partyId, models: ['qwen'], shareBps: 5000 },
    };
    const received = { walletId, transferId, fromWalletId: funder.walletId, tokens: 600n, lots: [lot] };
    await happened(party, TokensReceived({ ...received, postings: intoWallet(party, 600n, 'in-transit') }));
    const notThere = { status: 404, body: { code: 'NOT_FOUND' } };
    expect(await giveBack(funder, voucherId)).toMatchObject(notThere);
    expect(await giveBack(wallet.operator, voucherId)).toMatchObject({ status: 403 });
    expect(await giveBack(party, voucherId)).toEqual({
      status: 200,
      body: { voucherId, walletId, tokens: '600', status: 'returned' },
    });
    expect(await giveBack(party, voucherId)).toMatchObject(notThere);
    expect((await wallet.get(party, `/v1/wallets/${walletId}/lots`)).body['data']).toEqual([]);
  });

  it('is not given back to the operator: it ends by itself', async () => {
    const party = await wallet.party();
    const asked = { tokens: '100', ...terms, expiresAt: inAnHour };
    const path = `/v1/wallets/${party.walletId}/vouchers`;
    const { voucherId } = (await wallet.call(wallet.operator, 'POST', path, asked)).body;
    expect(await giveBack(party, voucherId)).toMatchObject({ status: 409, body: { code: 'WALLET.NOT_RETURNABLE' } });
  });
});

describe('a plan', () => {
  it('is the operator’s to assign and to end', async () => {
    const party = await wallet.party();
    const path = `/v1/wallets/${party.walletId}/plan`;
    const terms = { tokens: '5000', rolloverCap: '1000' };
    expect(await wallet.get(party, path)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    expect(await wallet.call(party, 'PUT', path, terms)).toMatchObject({ status: 403 });
    const assigned = await wallet.put(path, terms);
    expect(assigned).toEqual({
      status: 200,
      body: {
        ...{ ...terms, planId: someId('pln'), walletId: party.walletId, transferable: false },
        ...{ resetsAt: instantOf(utcCalendar.endOfMonth(Date.now())), status: 'active' },
      },
    });
    expect(await wallet.get(party, path)).toEqual(assigned);
    expect(await wallet.put(path, { ...terms, tokens: '7000' })).toMatchObject({ body: { tokens: '7000' } });
    expect(await wallet.availableOf(party)).toBe('5000');
    const ended = { status: 200, body: { planId: assigned.body['planId'], walletId: party.walletId, status: 'ended' } };
    expect(await wallet.call(wallet.operator, 'DELETE', path)).toEqual(ended);
    expect(await wallet.call(wallet.operator, 'DELETE', path)).toMatchObject({ status: 404 });
  });

  it('is reset and renewed by the clock, although nobody calls', async () => {
    const party = await wallet.party();
    const { walletId } = party;
    const [planId, resetsAt] = [newId('pln'), instantOf(Date.now() - 1000)];
    const lot: Lot = {
      ...{ lotId: `${planId}.2000-01`, source: 'plan', tokens: 500n, priority: 10 },
      ...{ expiresAt: resetsAt, transferable: false },
    };
    await happened(
      party,
      PlanAssigned({
        walletId,
        planId,
        tokens: 500n,
        rolloverCap: 200n,
        transferable: false,
        resetsAt,
        timeZone: 'UTC',
      }),
      TokensGranted({
        ...{ walletId, grantId: newId('grt'), planId, tokens: 500n, lot },
        postings: intoWallet(party, 500n, 'issuance'),
      }),
    );
    while ((await wallet.availableOf(party)) !== '700') await new Promise((resolve) => setTimeout(resolve, 50));
    const entries = await wallet.get(party, `/v1/wallets/${walletId}/entries`);
    expect(entries.body['data']).toMatchObject([
      { type: 'grant', tokens: '500' },
      { type: 'expiry', tokens: '-300', reference: planId },
      { type: 'grant', tokens: '500' },
    ]);
    expect(await wallet.get(party, `/v1/wallets/${walletId}/plan`)).toMatchObject({
      body: { resetsAt: instantOf(utcCalendar.endOfMonth(Date.now())) },
    });
  });
});

describe('all this', () => {
  it('balances, and is the same when its tables are filled anew', async () => {
    const { body } = await wallet.get(wallet.operator, '/v1/ledger/trial-balance');
    expect(body).toMatchObject({ balanced: true });
    const { written, rebuilt } = await readModelsBothWays(wallet, definition);
    expect(rebuilt).toEqual(written);
  });
});
