import { createHmac, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Reaction } from '@tokengrid/event-bus';
import { PaymentSandbox } from '@tokengrid/infra-local';
import { newId } from '@tokengrid/service';
import { openMarket } from './decisions/market-policy.ts';
import { purchaseTokens } from './decisions/purchase-tokens.ts';
import { Issuing } from './issuing.ts';
import { WhenPurchasePendingRequestPayment } from './policies/when-purchase-pending-request-payment.ts';
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

/** A purchase for so many minor units that waits for its payment. Nobody has asked the provider yet: the log has no listeners here. */
async function pending(party: Caller, cost: bigint) {
  const posted = { priceVersion: 1, currency: 'CNY', buy: 100n, sellBack: 90n };
  const purchase = { purchaseId: newId('pur'), tokens: cost * 10_000n, method: 'payment-provider', posted } as const;
  const command = someCommand(party.walletId, { ...purchase, policy: openMarket });
  const { events } = await wallet.instance(Issuing).issue(purchaseTokens, command);
  const event = events.find((each) => each.type === 'PurchasePending')!;
  return { event, purchaseId: purchase.purchaseId };
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

describe('a purchase through the payment provider', () => {
  it('is pending, and says the same to a repeat', async () => {
    const party = await wallet.party();
    const buy = () => wallet.post(party, 'purchases', { tokens: '2000000', method: 'payment-provider' }, 'once');
    const first = await buy();
    expect(first).toEqual({
      status: 201,
      body: {
        ...{ purchaseId: someId('pur'), walletId: party.walletId, tokens: '2000000', method: 'payment-provider' },
        ...{ price: { currency: 'CNY', amount: '200' }, status: 'pending' },
      },
    });
    expect(await buy()).toEqual(first);
    expect(await wallet.availableOf(party)).toBe('0');
    const { body } = await wallet.get(party, `/v1/purchases/${String(first.body['purchaseId'])}`);
    expect(body).toEqual({ ...first.body, createdAt: expect.any(String) });
    const stranger = await wallet.party();
    expect(await stateOf(stranger, String(first.body['purchaseId']))).toMatchObject({ code: 'NOT_FOUND' });
  });

  /** Lets the policy ask the provider, twice, as after a crash. */
  async function ask(event: Awaited<ReturnType<typeof pending>>['event']): Promise<void> {
    const policy = wallet.instance(WhenPurchasePendingRequestPayment);
    const reaction = () => new Reaction('request-payment', event);
    await Promise.all([policy.requestPayment(event, reaction()), policy.requestPayment(event, reaction())]);
  }

  it('is paid by itself in the sandbox, and issues what was bought, once', async () => {
    const party = await wallet.party();
    const { event, purchaseId } = await pending(party, 200n);
    await ask(event);
    await becomes(party, purchaseId, 'completed');
    expect(await wallet.availableOf(party)).toBe('2000000');
    const { body } = await wallet.get(party, `/v1/wallets/${party.walletId}/entries`);
    expect(body['data']).toMatchObject([{ type: 'purchase', tokens: '2000000', reference: purchaseId }]);
  });

  it('fails in the sandbox where its price ends in 13', async () => {
    const party = await wallet.party();
    const { event, purchaseId } = await pending(party, 213n);
    await ask(event);
    await becomes(party, purchaseId, 'failed');
    expect(await stateOf(party, purchaseId)).toMatchObject({
      failure: { code: 'PAYMENT_FAILED', reason: 'declined by the sandbox' },
      resolvedAt: expect.any(String),
    });
    expect(await wallet.availableOf(party)).toBe('0');
  });

  it('says where to pay while it waits, and is paid there', async () => {
    const party = await wallet.party();
    const { event, purchaseId } = await pending(party, 217n);
    await ask(event);
    const { status, paymentUrl } = await stateOf(party, purchaseId);
    expect([status, paymentUrl]).toEqual(['pending', expect.stringMatching(/^http:.*\/payments\/pay_/)]);
    await fetch(`${String(paymentUrl)}/pay`, { method: 'POST' });
    await becomes(party, purchaseId, 'completed');
    expect(await stateOf(party, purchaseId)).not.toHaveProperty('paymentUrl');
    // As after a restore: it is not asked for again.
    const again = wallet
      .instance(WhenPurchasePendingRequestPayment)
      .requestPayment(event, new Reaction('again', event));
    expect(await again).toBeUndefined();
  });
});

describe('a webhook', () => {
  const paymentOf = (purchaseId: string, amount = '300') => ({
    purchaseId,
    paymentId: 'pay_1',
    amount,
    currency: 'CNY',
  });

  it('credits once, however often it comes, and says the same each time', async () => {
    const party = await wallet.party();
    const { purchaseId } = await pending(party, 300n);
    const send = () => webhook('payment.succeeded', paymentOf(purchaseId), { id: `msg_${purchaseId}` });
    expect(await Promise.all(Array.from({ length: 20 }, send))).toEqual(Array.from({ length: 20 }, () => taken));
    expect(await send()).toEqual(taken);
    expect(await webhook('payment.succeeded', paymentOf(purchaseId))).toEqual(leftAlone);
    expect(await wallet.availableOf(party)).toBe('3000000');
  });

  it('changes nothing where it contradicts what was said before', async () => {
    const party = await wallet.party();
    const [paid, failed] = [await pending(party, 300n), await pending(party, 300n)];
    await webhook('payment.succeeded', paymentOf(paid.purchaseId));
    await webhook('payment.failed', { ...paymentOf(failed.purchaseId), reason: 'declined' });
    expect(await webhook('payment.failed', paymentOf(paid.purchaseId))).toEqual(leftAlone);
    expect(await webhook('payment.succeeded', paymentOf(failed.purchaseId))).toEqual(leftAlone);
    expect(await stateOf(party, paid.purchaseId)).toMatchObject({ status: 'completed' });
    expect(await stateOf(party, failed.purchaseId)).toMatchObject({ status: 'failed' });
    expect(await wallet.availableOf(party)).toBe('3000000');
  });

  it('changes nothing where another amount was paid, and says the same to a repeat', async () => {
    const party = await wallet.party();
    const { purchaseId } = await pending(party, 300n);
    const send = () => webhook('payment.succeeded', paymentOf(purchaseId, '3'), { id: `msg_${purchaseId}` });
    const refused = { status: 409, body: expect.objectContaining({ code: 'WALLET.PAYMENT_MISMATCH' }) };
    expect([await send(), await send()]).toEqual([refused, refused]);
    expect(await stateOf(party, purchaseId)).toMatchObject({ status: 'pending' });
  });

  it.each([
    ['signed with another key', { key: Buffer.from('not the key, but as long as it').toString('base64') }],
    ['of six minutes ago', { at: Date.now() - 360_000 }],
    ['of six minutes from now', { at: Date.now() + 360_000 }],
  ])('%s is not believed', async (_, sent) => {
    const party = await wallet.party();
    const { purchaseId } = await pending(party, 300n);
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
