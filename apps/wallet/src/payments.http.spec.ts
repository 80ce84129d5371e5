import { createHmac, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PaymentSandbox } from '@tokengrid/infra-local';
import { newId } from '@tokengrid/service';
import { openMarket } from './decisions/market-policy.ts';
import { purchaseTokens } from './decisions/purchase-tokens.ts';
import { Issuing } from './issuing.ts';
import { type Caller, runWallet, type RunningWallet, someCommand, someId } from './testing/run-wallet.ts';

const key = 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

let wallet: RunningWallet;
let sandbox: PaymentSandbox;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tokengrid-payments-'));
  const port = await freePort();
  wallet = await runWallet({
    PAYMENT_PROVIDER_URL: `http://127.0.0.1:${port}`,
    PAYMENT_WEBHOOK_SECRET: `whsec_${key}`,
    PAYMENT_PROVIDER_TIMEOUT_MS: '500',
    PAYMENT_REQUEST_MS: '20',
  });
  sandbox = new PaymentSandbox({
    port,
    book: join(folder, 'payments.jsonl'),
    webhookUrl: `${wallet.url}/v1/payment-webhooks`,
    webhookSecret: `whsec_${key}`,
    endsAfterMs: 10,
    firstPauseMs: 10,
    say: () => undefined,
  });
  await sandbox.start();
  await wallet.put('/v1/token-price', { currency: 'CNY', buy: '100', sellBack: '90' });
}, 120_000);
afterAll(async () => {
  await sandbox.stop();
  await wallet.close();
  await rm(folder, { recursive: true });
}, 60_000);

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A purchase for so many minor units that waits for its payment. */
async function pending(party: Caller, cost: bigint, over: object = {}) {
  const posted = { priceVersion: 1, currency: 'CNY', buy: 100n, sellBack: 90n };
  const waiting = { quoteSeconds: 60, expiresInSeconds: 900, pendingCapacityBps: 2500, ...over };
  const bought = { purchaseId: newId('pur'), tokens: cost * 10_000n, method: 'payment-provider', posted } as const;
  const purchase = { ...bought, ...waiting };
  const command = someCommand(party.walletId, { ...purchase, policy: openMarket });
  const { events } = await wallet.instance(Issuing).issue(purchaseTokens, command);
  expect(events[0]!.type).toBe('PurchasePending');
  return { purchaseId: purchase.purchaseId };
}

const stateOf = async (party: Caller, purchaseId: string) =>
  (await wallet.get(party, `/v1/purchases/${purchaseId}`)).body;

async function becomes(party: Caller, purchaseId: string, status: string): Promise<void> {
  while ((await stateOf(party, purchaseId))['status'] !== status)
    await new Promise((resolve) => setTimeout(resolve, 10));
}

interface Sent {
  readonly id?: string;
  readonly key?: string;
  readonly at?: number;
}

/** Sends a webhook as the provider does, or as somebody who would like to be it. */
async function webhook(
  type: string,
  data: object,
  { id = randomUUID(), key: signedBy = key, at = Date.now() }: Sent = {},
) {
  const body = JSON.stringify({ type, timestamp: new Date(at).toISOString(), data });
  const timestamp = String(Math.floor(at / 1000));
  const hmac = createHmac('sha256', Buffer.from(signedBy, 'base64')).update(`${id}.${timestamp}.${body}`);
  const response = await fetch(`${wallet.url}/v1/payment-webhooks`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${hmac.digest('base64')}`,
    },
    body,
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const taken = { status: 200, body: { taken: true } };
const leftAlone = { status: 200, body: { taken: false } };
const walletOf = async (party: Caller) => (await wallet.get(party, `/v1/wallets/${party.walletId}`)).body;
const contradictionsOf = async (purchaseId: string) => {
  const { body } = await wallet.get(wallet.operator, '/v1/payment-contradictions?limit=1000');
  return (body['data'] as Record<string, unknown>[]).filter((each) => each['purchaseId'] === purchaseId);
};

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
    expect(await stateOf(stranger, String(first.body['purchaseId']))).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is paid by itself in the sandbox, and issues what was bought, once', async () => {
    const party = await wallet.party();
    const { purchaseId } = await pending(party, 200n);
    await becomes(party, purchaseId, 'completed');
    expect(await wallet.availableOf(party)).toBe('2000000');
    const { body } = await wallet.get(party, `/v1/wallets/${party.walletId}/entries`);
    expect(body['data']).toMatchObject([{ type: 'purchase', tokens: '2000000', reference: purchaseId }]);
  });

  it('fails in the sandbox where its price ends in 13', async () => {
    const party = await wallet.party();
    const { purchaseId } = await pending(party, 213n);
    await becomes(party, purchaseId, 'failed');
    expect(await stateOf(party, purchaseId)).toMatchObject({
      failure: { code: 'PAYMENT_FAILED', reason: 'declined by the sandbox' },
      resolvedAt: expect.any(String),
    });
    expect(await wallet.availableOf(party)).toBe('0');
  });

  /** Until the provider has taken it on. */
  async function paymentUrlOf(party: Caller, purchaseId: string): Promise<string> {
    for (;;) {
      const { paymentUrl } = await stateOf(party, purchaseId);
      if (paymentUrl !== undefined) return String(paymentUrl);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  it('says where to pay while it waits, and is paid there', async () => {
    const party = await wallet.party();
    const { purchaseId } = await pending(party, 217n);
    const paymentUrl = await paymentUrlOf(party, purchaseId);
    expect(paymentUrl).toMatch(/^http:.*\/payments\/pay_/);
    await fetch(`${paymentUrl}/pay`, { method: 'POST' });
    await becomes(party, purchaseId, 'completed');
    expect(await stateOf(party, purchaseId)).not.toHaveProperty('paymentUrl');
  });

  it('is asked for while the provider breaks or hangs at others of its lane, and they wait on', async () => {
    const party = await wallet.party();
    const stuck = [await pending(party, 219n), await pending(party, 223n), await pending(party, 319n)];
    const { purchaseId } = await pending(party, 200n);
    await becomes(party, purchaseId, 'completed');
    for (const each of stuck) expect(await stateOf(party, each.purchaseId)).toMatchObject({ status: 'pending' });
  });

  it('is asked for again where the same request was under way', async () => {
    const party = await wallet.party();
    const { purchaseId } = await pending(party, 229n);
    await becomes(party, purchaseId, 'completed');
  }, 10_000);

  it('expires by itself, and is credited where its money comes nevertheless', async () => {
    const party = await wallet.party();
    const { purchaseId } = await pending(party, 217n, { expiresInSeconds: 0 });
    await becomes(party, purchaseId, 'expired');
    const paid = { purchaseId, amount: '217', currency: 'CNY' };
    expect(await webhook('payment.succeeded', paid)).toEqual(taken);
    expect(await stateOf(party, purchaseId)).toMatchObject({ status: 'completed', credited: '2170000' });
    expect(await wallet.availableOf(party)).toBe('2170000');
  });

  it('is given up by its owner alone, once, and is credited where its money comes nevertheless', async () => {
    const [party, stranger] = [await wallet.party(), await wallet.party()];
    const { purchaseId } = await pending(party, 217n);
    const cancel = (who: Caller, key?: string) =>
      wallet.call(who, 'POST', `/v1/purchases/${purchaseId}/cancel`, undefined, key);
    expect(await cancel(stranger)).toMatchObject({ status: 404 });
    const done = {
      status: 200,
      body: { purchaseId, walletId: party.walletId, tokens: '2170000', status: 'cancelled' },
    };
    expect([await cancel(party, 'once'), await cancel(party, 'once')]).toEqual([done, done]);
    expect(await cancel(party)).toMatchObject({ status: 409, body: { code: 'WALLET.PURCHASE_RESOLVED' } });
    expect(await stateOf(party, purchaseId)).toMatchObject({ status: 'cancelled' });
    expect(await webhook('payment.succeeded', { purchaseId, amount: '217', currency: 'CNY' })).toEqual(taken);
    expect(await wallet.availableOf(party)).toBe('2170000');
  });
});

describe('a webhook', () => {
  const paymentOf = (purchaseId: string, amount = '317') => ({
    purchaseId,
    paymentId: 'pay_1',
    amount,
    currency: 'CNY',
  });
  /** One that nobody pays unless it is said so here. */
  const unpaid = (party: Caller) => pending(party, 317n);

  it('credits once, however often it comes, and says the same each time', async () => {
    const party = await wallet.party();
    const { purchaseId } = await unpaid(party);
    const send = () => webhook('payment.succeeded', paymentOf(purchaseId), { id: `msg_${purchaseId}` });
    expect(await Promise.all(Array.from({ length: 20 }, send))).toEqual(Array.from({ length: 20 }, () => taken));
    expect(await send()).toEqual(taken);
    expect(await webhook('payment.succeeded', paymentOf(purchaseId))).toEqual(leftAlone);
    expect(await wallet.availableOf(party)).toBe('3170000');
  });

  it('is refused where its id belongs to another notice', async () => {
    const party = await wallet.party();
    const { purchaseId } = await unpaid(party);
    const id = `msg_${purchaseId}`;
    expect(await webhook('payment.failed', paymentOf(purchaseId), { id })).toEqual(taken);
    const reused = { status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } };
    expect(await webhook('payment.succeeded', paymentOf(purchaseId), { id })).toMatchObject(reused);
  });

  it('credits money that comes after a failure, and shows the operator a failure that comes after the money', async () => {
    const party = await wallet.party();
    const { purchaseId } = await unpaid(party);
    await webhook('payment.failed', { ...paymentOf(purchaseId), reason: 'declined' });
    expect(await stateOf(party, purchaseId)).toMatchObject({ status: 'failed' });
    expect(await webhook('payment.succeeded', paymentOf(purchaseId))).toEqual(taken);
    expect(await stateOf(party, purchaseId)).toMatchObject({ status: 'completed' });
    expect(await webhook('payment.failed', paymentOf(purchaseId))).toEqual(leftAlone);
    expect(await wallet.availableOf(party)).toBe('3170000');
    expect(await contradictionsOf(purchaseId)).toMatchObject([
      { kind: 'failed', code: 'WALLET.PAYMENT_CONTRADICTED', status: 'open', paid: { amount: '317' } },
    ]);
  });

  it('takes back what is refunded, in parts, and all of it once', async () => {
    const party = await wallet.party();
    const { purchaseId } = await unpaid(party);
    await webhook('payment.succeeded', paymentOf(purchaseId));
    expect(await webhook('payment.refunded', paymentOf(purchaseId, '100'))).toEqual(taken);
    expect(await stateOf(party, purchaseId)).toMatchObject({
      status: 'completed',
      reversed: { price: { amount: '100' }, tokens: '1000000' },
    });
    expect(await webhook('payment.refunded', paymentOf(purchaseId, '217'))).toEqual(taken);
    expect(await stateOf(party, purchaseId)).toMatchObject({ status: 'reversed' });
    expect(await walletOf(party)).toMatchObject({ available: '0', debt: '0' });
    const { body } = await wallet.get(party, `/v1/wallets/${party.walletId}/entries`);
    expect((body['data'] as { type: string; tokens: string }[]).map(({ type, tokens }) => [type, tokens])).toEqual([
      ['purchase', '3170000'],
      ['reversal', '-1000000'],
      ['reversal', '-2170000'],
    ]);
  });

  it('makes a debt of what was sent on and charged back, which blocks, is shown, and is paid by what comes in', async () => {
    const [thief, friend] = [await wallet.party(), await wallet.party()];
    const { purchaseId } = await unpaid(thief);
    await webhook('payment.succeeded', paymentOf(purchaseId));
    await wallet.post(thief, 'transfers', { toWalletId: friend.walletId, tokens: '3000000' });
    const before = new Date().toISOString();
    expect(await webhook('payment.disputed', paymentOf(purchaseId))).toEqual(taken);
    expect(await walletOf(thief)).toMatchObject({ available: '0', debt: '3000000' });
    const barred = { status: 409, body: { code: 'WALLET.IN_DEBT' } };
    expect(await wallet.post(thief, 'transfers', { toWalletId: friend.walletId, tokens: '1' })).toMatchObject(barred);
    expect(await wallet.post(thief, 'sales', { tokens: '1' })).toMatchObject(barred);
    expect(await wallet.buy(thief, '1')).toMatchObject(barred);
    const hold = { tokens: '1', expiresInSeconds: 60, reason: 'a use' };
    expect(await wallet.post(thief, 'holds', hold)).toMatchObject(barred);
    await wallet.grant(thief, { tokens: '1000000' });
    expect(await walletOf(thief)).toMatchObject({ available: '0', debt: '2000000' });
    await wallet.grant(thief, { tokens: '2000001' });
    expect(await walletOf(thief)).toMatchObject({ available: '1', debt: '0' });
    const { body: then } = await wallet.get(thief, `/v1/wallets/${thief.walletId}?at=${before}`);
    expect(then).toMatchObject({ available: '170000', debt: '0' });
    const { body: books } = await wallet.get(wallet.operator, '/v1/ledger/trial-balance');
    expect(books).toMatchObject({ identityHolds: true, balanced: true, tokens: { owed: '0' } });
  });

  it('gives back what was taken for a dispute that was won', async () => {
    const party = await wallet.party();
    const { purchaseId } = await unpaid(party);
    await webhook('payment.succeeded', paymentOf(purchaseId));
    await webhook('payment.disputed', paymentOf(purchaseId));
    expect(await stateOf(party, purchaseId)).toMatchObject({ status: 'reversed' });
    expect(await webhook('payment.dispute_won', paymentOf(purchaseId))).toEqual(taken);
    expect(await walletOf(party)).toMatchObject({ available: '3170000', debt: '0' });
    expect(await stateOf(party, purchaseId)).not.toHaveProperty('reversed');
  });

  it('may say that money goes back before it says that it came', async () => {
    const party = await wallet.party();
    const { purchaseId } = await unpaid(party);
    expect(await webhook('payment.refunded', paymentOf(purchaseId, '17'))).toEqual(taken);
    expect(await webhook('payment.succeeded', paymentOf(purchaseId))).toEqual(taken);
    expect(await walletOf(party)).toMatchObject({ available: '3000000', debt: '0' });
  });

  it('may come with many others about purchases that were resolved', async () => {
    const party = await wallet.party();
    const { purchaseId } = await unpaid(party);
    await webhook('payment.succeeded', paymentOf(purchaseId));
    const parts = Array.from({ length: 10 }, () => webhook('payment.refunded', paymentOf(purchaseId, '30')));
    expect(await Promise.all(parts)).toEqual(Array.from({ length: 10 }, () => taken));
    expect(await walletOf(party)).toMatchObject({ available: '170000', debt: '0' });
  });

  it('changes nothing where another amount was paid, and says the same to a repeat', async () => {
    const party = await wallet.party();
    const { purchaseId } = await unpaid(party);
    const send = () => webhook('payment.succeeded', paymentOf(purchaseId, '3'), { id: `msg_${purchaseId}` });
    const refused = { status: 409, body: expect.objectContaining({ code: 'WALLET.PAYMENT_MISMATCH' }) };
    expect([await send(), await send()]).toEqual([refused, refused]);
    expect(await stateOf(party, purchaseId)).toMatchObject({ status: 'pending' });
    expect(await contradictionsOf(purchaseId)).toMatchObject([{ code: 'WALLET.PAYMENT_MISMATCH', status: 'open' }]);
  });

  describe('that contradicts what is known', () => {
    const resolve = (id: string, action: string, who = wallet.operator) =>
      wallet.call(who, 'POST', `/v1/payment-contradictions/${id}/resolve`, { action, note: 'looked at' });
    const decide = (approvalId: unknown, word: string, who: Caller) =>
      wallet.call(who, 'POST', `/v1/approvals/${String(approvalId)}/${word}`, word === 'reject' ? {} : undefined);

    it('is credited by two persons of the operator, once', async () => {
      const party = await wallet.party();
      const { purchaseId } = await unpaid(party);
      const id = `msg_${purchaseId}`;
      await webhook('payment.succeeded', paymentOf(purchaseId, '100'), { id });
      const proposed = await resolve(id, 'credit');
      expect(proposed).toMatchObject({ status: 200, body: { status: 'awaiting-approval' } });
      const { approvalId } = proposed.body;
      expect(await contradictionsOf(purchaseId)).toMatchObject([{ status: 'awaiting-approval', approvalId }]);
      expect(await resolve(id, 'dismiss')).toMatchObject({ body: { code: 'WALLET.CONTRADICTION_RESOLVED' } });
      expect(await decide(approvalId, 'approve', wallet.operator)).toMatchObject({
        body: { code: 'APPROVAL.SAME_PRINCIPAL' },
      });
      expect(await wallet.availableOf(party)).toBe('0');
      expect(await decide(approvalId, 'approve', wallet.approver)).toMatchObject({ status: 200 });
      expect(await wallet.availableOf(party)).toBe('1000000');
      expect(await contradictionsOf(purchaseId)).toMatchObject([{ status: 'resolved', action: 'credit' }]);
      expect(await resolve(id, 'dismiss')).toMatchObject({ body: { code: 'WALLET.CONTRADICTION_RESOLVED' } });
    });

    it('reverses what was bought, where that is what it takes', async () => {
      const party = await wallet.party();
      const { purchaseId } = await unpaid(party);
      await webhook('payment.succeeded', paymentOf(purchaseId));
      const id = `msg_${purchaseId}`;
      await webhook('payment.failed', paymentOf(purchaseId), { id });
      expect(await resolve(id, 'credit')).toMatchObject({ status: 409, body: { code: 'WALLET.RESOLUTION_UNFIT' } });
      const { approvalId } = (await resolve(id, 'reverse')).body;
      await decide(approvalId, 'approve', wallet.approver);
      expect(await walletOf(party)).toMatchObject({ available: '0', debt: '0' });
      expect(await stateOf(party, purchaseId)).toMatchObject({ status: 'reversed' });
    });

    it('waits on where a second person does not agree, and can be dismissed', async () => {
      const party = await wallet.party();
      const { purchaseId } = await unpaid(party);
      const id = `msg_${purchaseId}`;
      await webhook('payment.succeeded', paymentOf(purchaseId, '1'), { id });
      const first = (await resolve(id, 'credit')).body['approvalId'];
      await decide(first, 'reject', wallet.approver);
      expect(await contradictionsOf(purchaseId)).toMatchObject([{ status: 'open' }]);
      const second = (await resolve(id, 'dismiss', wallet.approver)).body['approvalId'];
      await decide(second, 'approve', wallet.operator);
      expect(await contradictionsOf(purchaseId)).toMatchObject([{ status: 'resolved', action: 'dismiss' }]);
      expect(await wallet.availableOf(party)).toBe('0');
    });

    it('is the operator’s business alone', async () => {
      const party = await wallet.party();
      expect(await wallet.get(party, '/v1/payment-contradictions')).toMatchObject({ status: 403 });
      expect(await resolve('msg_none', 'dismiss', party)).toMatchObject({ status: 403 });
      expect(await resolve('msg_none', 'dismiss')).toMatchObject({ status: 404 });
    });
  });

  it.each([
    ['signed with another key', { key: Buffer.from('not the key, but as long as it').toString('base64') }],
    ['of six minutes ago', { at: Date.now() - 360_000 }],
    ['of six minutes from now', { at: Date.now() + 360_000 }],
  ])('%s is not believed', async (_, sent) => {
    const party = await wallet.party();
    const { purchaseId } = await unpaid(party);
    expect(await webhook('payment.succeeded', paymentOf(purchaseId), sent)).toMatchObject({
      status: 401,
      body: { code: 'UNAUTHENTICATED' },
    });
    expect(await stateOf(party, purchaseId)).toMatchObject({ status: 'pending' });
  });

  it('is not believed without a signature, whatever key is shown', async () => {
    const asked = await wallet.call(wallet.operator, 'POST', '/v1/payment-webhooks', { type: 'payment.succeeded' });
    expect(asked).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
  });

  it('may be about what nobody here asked for', async () => {
    expect(await webhook('payment.created', { whatever: 1 })).toEqual(leftAlone);
    expect(await webhook('payment.succeeded', paymentOf(newId('pur')))).toMatchObject({ status: 404 });
    expect(await webhook('payment.succeeded', { amount: 1 })).toMatchObject({ status: 400 });
    const tooLong = { id: 'x'.repeat(256) };
    expect(await webhook('payment.succeeded', paymentOf(newId('pur')), tooLong)).toMatchObject({ status: 400 });
  });
});
