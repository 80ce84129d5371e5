import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@tokengrid/service';
import { leftAlone, paymentOf, runPayments, type RunningPayments, taken } from '../../testing/run-payments.ts';
import { type Caller, type RunningWallet, someId } from '../../testing/run-wallet.ts';

let payments: RunningPayments;
let wallet: RunningWallet;
beforeAll(async () => {
  payments = await runPayments();
  wallet = payments.wallet;
}, 120_000);
afterAll(() => payments.close(), 60_000);

describe('a purchase through the payment provider', () => {
  it('is pending, and says the same to a repeat', async () => {
    const party = await wallet.party();
    const buy = () => wallet.post(party, 'purchases', { tokens: '2170000', method: 'payment-provider' }, 'once');
    const first = await buy();
    expect(first).toEqual({
      status: 201,
      body: {
        ...{ purchaseId: someId('pur'), walletId: party.walletId, tokens: '2170000', method: 'payment-provider' },
        ...{ price: { currency: 'CNY', amount: '217' }, status: 'pending' },
      },
    });
    expect(await buy()).toEqual(first);
    expect(await wallet.availableOf(party)).toBe('0');
    const { body } = await wallet.get(party, `/v1/purchases/${String(first.body['purchaseId'])}`);
    expect(body).toMatchObject({ ...first.body, createdAt: expect.any(String), expiresAt: expect.any(String) });
    const stranger = await wallet.party();
    expect(await payments.stateOf(stranger, String(first.body['purchaseId']))).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is paid by itself in the sandbox, and issues what was bought, once', async () => {
    const party = await wallet.party();
    const purchaseId = await payments.pending(party, 200n);
    await payments.becomes(party, purchaseId, 'completed');
    expect(await wallet.availableOf(party)).toBe('2000000');
    const { body } = await wallet.get(party, `/v1/wallets/${party.walletId}/entries`);
    expect(body['data']).toMatchObject([{ type: 'purchase', tokens: '2000000', reference: purchaseId }]);
  });

  it('fails in the sandbox where its price ends in 13', async () => {
    const party = await wallet.party();
    const purchaseId = await payments.pending(party, 213n);
    await payments.becomes(party, purchaseId, 'failed');
    expect(await payments.stateOf(party, purchaseId)).toMatchObject({
      failure: { code: 'WALLET.PAYMENT_FAILED', reason: 'declined by the sandbox' },
      resolvedAt: expect.any(String),
    });
    expect(await wallet.availableOf(party)).toBe('0');
  });

  /** Address of the payment page, once the provider has accepted the purchase. */
  async function paymentUrlOf(party: Caller, purchaseId: string): Promise<string> {
    for (;;) {
      const { paymentUrl } = await payments.stateOf(party, purchaseId);
      if (paymentUrl !== undefined) return String(paymentUrl);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  it('says where to pay while it waits, and is paid there', async () => {
    const party = await wallet.party();
    const purchaseId = await payments.pending(party, 217n);
    const paymentUrl = await paymentUrlOf(party, purchaseId);
    expect(paymentUrl).toMatch(/^http:.*\/payments\/pay_/);
    await fetch(`${paymentUrl}/pay`, { method: 'POST' });
    await payments.becomes(party, purchaseId, 'completed');
    expect(await payments.stateOf(party, purchaseId)).not.toHaveProperty('paymentUrl');
  });

  it('is asked for while the provider breaks or hangs at others of its lane, and they wait on', async () => {
    const party = await wallet.party();
    const stuck = [
      await payments.pending(party, 219n),
      await payments.pending(party, 223n),
      await payments.pending(party, 319n),
    ];
    const purchaseId = await payments.pending(party, 200n);
    await payments.becomes(party, purchaseId, 'completed');
    for (const each of stuck) expect(await payments.stateOf(party, each)).toMatchObject({ status: 'pending' });
  });

  it('is asked for again where the same request was under way', async () => {
    const party = await wallet.party();
    const purchaseId = await payments.pending(party, 229n);
    await payments.becomes(party, purchaseId, 'completed');
  }, 10_000);

  it('expires by itself, and is credited where its money comes nevertheless', async () => {
    const party = await wallet.party();
    const purchaseId = await payments.pending(party, 217n, { expiresInSeconds: 0 });
    await payments.becomes(party, purchaseId, 'expired');
    const paid = { purchaseId, amount: '217', currency: 'CNY' };
    expect(await payments.webhook('payment.succeeded', paid)).toEqual(taken);
    expect(await payments.stateOf(party, purchaseId)).toMatchObject({ status: 'completed', credited: '2170000' });
    expect(await wallet.availableOf(party)).toBe('2170000');
  });

  it('is given up by its owner alone, once, and is credited where its money comes nevertheless', async () => {
    const [party, stranger] = [await wallet.party(), await wallet.party()];
    const purchaseId = await payments.pending(party, 217n);
    const cancel = (who: Caller, key?: string) =>
      wallet.call(who, 'POST', `/v1/purchases/${purchaseId}/cancel`, undefined, key);
    expect(await cancel(stranger)).toMatchObject({ status: 404 });
    const done = {
      status: 200,
      body: { purchaseId, walletId: party.walletId, tokens: '2170000', status: 'cancelled' },
    };
    expect([await cancel(party, 'once'), await cancel(party, 'once')]).toEqual([done, done]);
    expect(await cancel(party)).toMatchObject({ status: 409, body: { code: 'WALLET.PURCHASE_RESOLVED' } });
    expect(await payments.stateOf(party, purchaseId)).toMatchObject({ status: 'cancelled' });
    expect(await payments.webhook('payment.succeeded', { purchaseId, amount: '217', currency: 'CNY' })).toEqual(taken);
    expect(await wallet.availableOf(party)).toBe('2170000');
  });
});

describe('a webhook', () => {
  it('credits once, however often it comes, and says the same each time', async () => {
    const party = await wallet.party();
    const purchaseId = await payments.unpaid(party);
    const send = () => payments.webhook('payment.succeeded', paymentOf(purchaseId), { id: `msg_${purchaseId}` });
    expect(await Promise.all(Array.from({ length: 20 }, send))).toEqual(Array.from({ length: 20 }, () => taken));
    expect(await send()).toEqual(taken);
    expect(await payments.webhook('payment.succeeded', paymentOf(purchaseId))).toEqual(leftAlone);
    expect(await wallet.availableOf(party)).toBe('3170000');
  });

  it('is refused where its id belongs to another notice', async () => {
    const party = await wallet.party();
    const purchaseId = await payments.unpaid(party);
    const id = `msg_${purchaseId}`;
    expect(await payments.webhook('payment.failed', paymentOf(purchaseId), { id })).toEqual(taken);
    const reused = { status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } };
    expect(await payments.webhook('payment.succeeded', paymentOf(purchaseId), { id })).toMatchObject(reused);
  });

  it('credits money that comes after a failure, and shows the operator a failure that comes after the money', async () => {
    const party = await wallet.party();
    const purchaseId = await payments.unpaid(party);
    await payments.webhook('payment.failed', { ...paymentOf(purchaseId), reason: 'declined' });
    expect(await payments.stateOf(party, purchaseId)).toMatchObject({ status: 'failed' });
    expect(await payments.webhook('payment.succeeded', paymentOf(purchaseId))).toEqual(taken);
    expect(await payments.stateOf(party, purchaseId)).toMatchObject({ status: 'completed' });
    expect(await payments.webhook('payment.failed', paymentOf(purchaseId))).toEqual(leftAlone);
    expect(await wallet.availableOf(party)).toBe('3170000');
    expect(await payments.contradictionsOf(purchaseId)).toMatchObject([
      { kind: 'failed', code: 'WALLET.PAYMENT_CONTRADICTED', status: 'open', paid: { amount: '317' } },
    ]);
  });

  it('takes back what is refunded, in parts, and all of it once', async () => {
    const party = await wallet.party();
    const purchaseId = await payments.unpaid(party);
    await payments.webhook('payment.succeeded', paymentOf(purchaseId));
    expect(await payments.webhook('payment.refunded', paymentOf(purchaseId, '100'))).toEqual(taken);
    expect(await payments.stateOf(party, purchaseId)).toMatchObject({
      status: 'completed',
      reversed: { price: { amount: '100' }, tokens: '1000000' },
    });
    expect(await payments.webhook('payment.refunded', paymentOf(purchaseId, '217'))).toEqual(taken);
    expect(await payments.stateOf(party, purchaseId)).toMatchObject({ status: 'reversed' });
    expect(await payments.walletOf(party)).toMatchObject({ available: '0', debt: '0' });
    const { body } = await wallet.get(party, `/v1/wallets/${party.walletId}/entries`);
    expect((body['data'] as { type: string; tokens: string }[]).map(({ type, tokens }) => [type, tokens])).toEqual([
      ['purchase', '3170000'],
      ['reversal', '-1000000'],
      ['reversal', '-2170000'],
    ]);
  });

  it('makes a debt of what was sent on and charged back, which blocks, is shown, and is paid by what comes in', async () => {
    const [thief, friend] = [await wallet.party(), await wallet.party()];
    const purchaseId = await payments.unpaid(thief);
    await payments.webhook('payment.succeeded', paymentOf(purchaseId));
    await wallet.post(thief, 'transfers', { toWalletId: friend.walletId, tokens: '3000000' });
    const before = new Date().toISOString();
    expect(await payments.webhook('payment.disputed', paymentOf(purchaseId))).toEqual(taken);
    expect(await payments.walletOf(thief)).toMatchObject({ available: '0', debt: '3000000' });
    const barred = { status: 409, body: { code: 'WALLET.IN_DEBT' } };
    expect(await wallet.post(thief, 'transfers', { toWalletId: friend.walletId, tokens: '1' })).toMatchObject(barred);
    expect(await wallet.post(thief, 'sales', { tokens: '1' })).toMatchObject(barred);
    expect(await wallet.buy(thief, '1')).toMatchObject(barred);
    const hold = { tokens: '1', expiresInSeconds: 60, reason: 'a use' };
    expect(await wallet.post(thief, 'holds', hold)).toMatchObject(barred);
    await wallet.grant(thief, { tokens: '1000000' });
    expect(await payments.walletOf(thief)).toMatchObject({ available: '0', debt: '2000000' });
    await wallet.grant(thief, { tokens: '2000001' });
    expect(await payments.walletOf(thief)).toMatchObject({ available: '1', debt: '0' });
    const { body: then } = await wallet.get(thief, `/v1/wallets/${thief.walletId}?at=${before}`);
    expect(then).toMatchObject({ available: '170000', debt: '0' });
    const { body: books } = await wallet.get(wallet.operator, '/v1/ledger/trial-balance');
    expect(books).toMatchObject({ identityHolds: true, balanced: true, tokens: { owed: '0' } });
  });

  it('gives back what was taken for a dispute that was won', async () => {
    const party = await wallet.party();
    const purchaseId = await payments.unpaid(party);
    await payments.webhook('payment.succeeded', paymentOf(purchaseId));
    await payments.webhook('payment.disputed', paymentOf(purchaseId));
    expect(await payments.stateOf(party, purchaseId)).toMatchObject({ status: 'reversed' });
    expect(await payments.webhook('payment.dispute_won', paymentOf(purchaseId))).toEqual(taken);
    expect(await payments.walletOf(party)).toMatchObject({ available: '3170000', debt: '0' });
    expect(await payments.stateOf(party, purchaseId)).not.toHaveProperty('reversed');
  });

  it('may say that money goes back before it says that it came', async () => {
    const party = await wallet.party();
    const purchaseId = await payments.unpaid(party);
    expect(await payments.webhook('payment.refunded', paymentOf(purchaseId, '17'))).toEqual(taken);
    expect(await payments.webhook('payment.succeeded', paymentOf(purchaseId))).toEqual(taken);
    expect(await payments.walletOf(party)).toMatchObject({ available: '3000000', debt: '0' });
  });

  it('may come with many others about purchases that were resolved', async () => {
    const party = await wallet.party();
    const purchaseId = await payments.unpaid(party);
    await payments.webhook('payment.succeeded', paymentOf(purchaseId));
    const parts = Array.from({ length: 10 }, () => payments.webhook('payment.refunded', paymentOf(purchaseId, '30')));
    expect(await Promise.all(parts)).toEqual(Array.from({ length: 10 }, () => taken));
    expect(await payments.walletOf(party)).toMatchObject({ available: '170000', debt: '0' });
  });

  it('changes nothing where another amount was paid, and says the same to a repeat', async () => {
    const party = await wallet.party();
    const purchaseId = await payments.unpaid(party);
    const send = () => payments.webhook('payment.succeeded', paymentOf(purchaseId, '3'), { id: `msg_${purchaseId}` });
    const refused = { status: 409, body: expect.objectContaining({ code: 'WALLET.PAYMENT_MISMATCH' }) };
    expect([await send(), await send()]).toEqual([refused, refused]);
    expect(await payments.stateOf(party, purchaseId)).toMatchObject({ status: 'pending' });
    expect(await payments.contradictionsOf(purchaseId)).toMatchObject([
      { code: 'WALLET.PAYMENT_MISMATCH', status: 'open' },
    ]);
  });

  it.each([
    ['signed with another key', { key: Buffer.from('not the key, but as long as it').toString('base64') }],
    ['of six minutes ago', { at: Date.now() - 360_000 }],
    ['of six minutes from now', { at: Date.now() + 360_000 }],
  ])('%s is not believed', async (_, sent) => {
    const party = await wallet.party();
    const purchaseId = await payments.unpaid(party);
    expect(await payments.webhook('payment.succeeded', paymentOf(purchaseId), sent)).toMatchObject({
      status: 401,
      body: { code: 'UNAUTHENTICATED' },
    });
    expect(await payments.stateOf(party, purchaseId)).toMatchObject({ status: 'pending' });
  });

  it('is not believed without a signature, whatever key is shown', async () => {
    const asked = await wallet.call(wallet.operator, 'POST', '/v1/payment-webhooks', { type: 'payment.succeeded' });
    expect(asked).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
  });

  it('may be about what nobody here asked for', async () => {
    expect(await payments.webhook('payment.created', { whatever: 1 })).toEqual(leftAlone);
    expect(await payments.webhook('payment.succeeded', paymentOf(newId('pur')))).toMatchObject({ status: 404 });
    expect(await payments.webhook('payment.succeeded', { amount: 1 })).toMatchObject({ status: 400 });
    const tooLong = { id: 'x'.repeat(256) };
    expect(await payments.webhook('payment.succeeded', paymentOf(newId('pur')), tooLong)).toMatchObject({
      status: 400,
    });
  });
});
