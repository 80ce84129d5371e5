import { createHmac, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { PaymentSandbox } from '@tokengrid/infra-local/testing';
import { freePort } from '@tokengrid/service/testing';
import { openMarket } from '../decisions/state/market-policies.ts';
import { purchaseTokens } from '../decisions/purchases/purchase-tokens.ts';
import { Deciding } from '../flows/deciding.ts';
import { Lanes } from '../streams/lanes.ts';
import { Wallets } from '../streams/wallets.ts';
import { type Caller, runWallet, type RunningWallet, someCommand } from './run-wallet.ts';

const key = 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

interface Sent {
  readonly id?: string;
  readonly key?: string;
  readonly at?: number;
}

/**
 * The wallet with a payment provider, whose webhooks a spec can also send. A fen buys 10,000 µAIT.
 */
export class RunningPayments {
  constructor(
    readonly wallet: RunningWallet,
    private readonly sandbox: PaymentSandbox,
    private readonly folder: string,
  ) {}

  async close(): Promise<void> {
    await this.sandbox.stop();
    await this.wallet.close();
    await rm(this.folder, { recursive: true });
  }

  /** A pending purchase for a number of minor units. */
  async pending(party: Caller, cost: bigint, over: object = {}): Promise<string> {
    const posted = { priceVersion: 1, currency: 'CNY', buy: 100n, sellBack: 90n };
    const waiting = { quoteSeconds: 60, expiresInSeconds: 900, pendingCapacityBps: 2500, ...over };
    const purchaseId = this.wallet.instance(Lanes).newIdBeside(party.walletId, 'pur');
    const bought = { purchaseId, tokens: cost * 10_000n, method: 'payment-provider', posted } as const;
    const command = someCommand(party.walletId, { ...bought, ...waiting, policy: openMarket });
    const wallets = this.wallet.instance(Wallets);
    const { events } = await this.wallet.instance(Deciding).handle(wallets, purchaseTokens, command);
    expect(events[0]!.type).toBe('PurchasePending');
    return purchaseId;
  }

  /** A purchase that is paid only on request. */
  unpaid(party: Caller): Promise<string> {
    return this.pending(party, 317n);
  }

  async stateOf(party: Caller, purchaseId: string): Promise<Record<string, unknown>> {
    return (await this.wallet.get(party, `/v1/purchases/${purchaseId}`)).body;
  }

  async becomes(party: Caller, purchaseId: string, status: string): Promise<void> {
    while ((await this.stateOf(party, purchaseId))['status'] !== status)
      await new Promise((resolve) => setTimeout(resolve, 10));
  }

  /** Sends a webhook like the provider, or like an impostor. */
  async webhook(type: string, data: object, { id = randomUUID(), key: signedBy = key, at = Date.now() }: Sent = {}) {
    const body = JSON.stringify({ type, timestamp: new Date(at).toISOString(), data });
    const timestamp = String(Math.floor(at / 1000));
    const hmac = createHmac('sha256', Buffer.from(signedBy, 'base64')).update(`${id}.${timestamp}.${body}`);
    const response = await fetch(`${this.wallet.url}/v1/payment-webhooks`, {
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

  /** Contradictions of a purchase as the operator sees them. */
  async contradictionsOf(purchaseId: string): Promise<Record<string, unknown>[]> {
    const { body } = await this.wallet.get(this.wallet.operator, '/v1/payment-contradictions?limit=1000');
    return (body['data'] as Record<string, unknown>[]).filter((each) => each['purchaseId'] === purchaseId);
  }

  async walletOf(party: Caller): Promise<Record<string, unknown>> {
    return (await this.wallet.get(party, `/v1/wallets/${party.walletId}`)).body;
  }
}

/** Webhook data of an {@link RunningPayments.unpaid} purchase. */
export const paymentOf = (purchaseId: string, amount = '317') => ({
  ...{ purchaseId, paymentId: 'pay_1', amount, currency: 'CNY' },
});

export const taken = { status: 200, body: { taken: true } };
export const leftAlone = { status: 200, body: { taken: false } };

export async function runPayments(): Promise<RunningPayments> {
  const folder = await mkdtemp(join(tmpdir(), 'tokengrid-payments-'));
  const port = await freePort();
  const wallet = await runWallet({
    PAYMENT_PROVIDER_URL: `http://127.0.0.1:${port}`,
    PAYMENT_WEBHOOK_SECRET: `whsec_${key}`,
    PAYMENT_PROVIDER_TIMEOUT_MS: '500',
    PAYMENT_REQUEST_MS: '20',
  });
  const sandbox = new PaymentSandbox({
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
  return new RunningPayments(wallet, sandbox, folder);
}
