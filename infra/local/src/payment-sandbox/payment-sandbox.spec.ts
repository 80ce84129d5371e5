import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, temporaryHome } from '../testing.ts';
import { PaymentSandbox } from './payment-sandbox.ts';

const key = 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

interface Told {
  readonly id: string;
  readonly type: string;
  readonly data: Record<string, string>;
  readonly signed: boolean;
}

let home: string;
let receiver: Server;
let sandbox: PaymentSandbox;
let told: Told[];
/** Answers of the receiver to each webhook in turn, then 200. */
let answers: number[];

async function open(): Promise<void> {
  sandbox = new PaymentSandbox({
    port: 0,
    book: join(home, 'payments.jsonl'),
    webhookUrl: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hooks`,
    webhookSecret: `whsec_${key}`,
    endsAfterMs: 10,
    firstPauseMs: 10,
    say: () => undefined,
  });
  await sandbox.start();
}

async function toldBy(request: IncomingMessage): Promise<Told> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  const body = Buffer.concat(parts).toString();
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = request.headers;
  const expected = createHmac('sha256', Buffer.from(key, 'base64')).update(
    `${id as string}.${timestamp as string}.${body}`,
  );
  const signed = timingSafeEqual(Buffer.from(String(signature)), Buffer.from(`v1,${expected.digest('base64')}`));
  const { type, data } = JSON.parse(body) as Pick<Told, 'type' | 'data'>;
  return { id: String(id), type, data, signed };
}

beforeEach(async () => {
  home = temporaryHome();
  told = [];
  answers = [];
  receiver = createServer((request, response) => {
    void toldBy(request).then((one) => {
      told.push(one);
      response.writeHead(answers.shift() ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  await open();
});
afterEach(async () => {
  await sandbox.stop();
  await new Promise((resolve) => receiver.close(resolve));
  rmSync(home, { recursive: true });
});

const post = async (path: string, body?: object) => {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(`${sandbox.url}${path}`, { method: 'POST', ...sent });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
};
const ask = (purchaseId: string, amount: string) => post('/payments', { purchaseId, amount, currency: 'CNY' });

describe('the payment sandbox', () => {
  it('takes a payment once for each purchase, and tells that it was paid', async () => {
    const { status, body } = await ask('pur_1', '500');
    expect([status, body['status']]).toEqual([201, 'pending']);
    expect((await ask('pur_1', '500')).body['paymentId']).toBe(body['paymentId']);
    expect((await ask('pur_1', '501')).status).toBe(422);
    await eventually(() => told.length > 0);
    const data = { paymentId: body['paymentId'], purchaseId: 'pur_1', amount: '500', currency: 'CNY' };
    expect(told).toEqual([{ id: expect.any(String), type: 'payment.succeeded', data, signed: true }]);
  });

  it('fails amounts that end in 13', async () => {
    await ask('pur_1', '113');
    await eventually(() => told.length > 0);
    expect(told).toMatchObject([{ type: 'payment.failed', data: { reason: expect.any(String) } }]);
  });

  it('waits for a word on amounts that end in 17, and takes more than one', async () => {
    const { paymentId } = (await ask('pur_1', '17')).body;
    expect((await post(`/payments/${paymentId}/pay`)).body['status']).toBe('succeeded');
    await eventually(() => told.length === 1);
    await post(`/payments/${paymentId}/fail`);
    await eventually(() => told.length === 2);
    expect(told.map(({ type }) => type)).toEqual(['payment.succeeded', 'payment.failed']);
    expect(told[0]!.id).not.toBe(told[1]!.id);
  });

  it('says that money goes back, in parts too, and that it stays after all', async () => {
    const { paymentId } = (await ask('pur_1', '17')).body;
    const say = async (action: string, body?: object) => {
      const { status } = await post(`/payments/${paymentId}/${action}`, body);
      const number = told.length;
      await eventually(() => told.length > number || status !== 200);
      return status;
    };
    await say('refund', { amount: '5' });
    await say('refund', { amount: '5' });
    await say('dispute');
    await say('win');
    expect(told.map(({ type, data }) => [type, data['amount']])).toEqual([
      ['payment.refunded', '5'],
      ['payment.refunded', '5'],
      ['payment.disputed', '17'],
      ['payment.dispute_won', '17'],
    ]);
    expect(new Set(told.map(({ id }) => id)).size).toBe(4);
    expect([await say('refund', { amount: '0' }), await say('burn')]).toEqual([400, 404]);
  });

  it('answers badly, late or not at all where it is asked to', async () => {
    expect([(await ask('pur_1', '19')).status, (await ask('pur_1', '19')).status]).toEqual([500, 500]);
    expect([(await ask('pur_2', '29')).status, (await ask('pur_2', '29')).status]).toEqual([409, 201]);
    const body = JSON.stringify({ purchaseId: 'pur_3', amount: '23', currency: 'CNY' });
    const unanswered = fetch(`${sandbox.url}/payments`, { method: 'POST', body, signal: AbortSignal.timeout(100) });
    await expect(unanswered).rejects.toThrow(expect.objectContaining({ name: 'TimeoutError' }));
  });

  it('tells again, under the same id, until it is taken', async () => {
    answers = [500, 503, 302];
    await ask('pur_1', '500');
    await eventually(() => told.length === 4);
    expect(new Set(told.map(({ id }) => id)).size).toBe(1);
  });

  it('goes on where a process before it stopped, even in the middle of a line', async () => {
    answers = Array.from({ length: 1000 }, () => 500);
    const untaken = (await ask('pur_1', '500')).body;
    const waiting = (await ask('pur_2', '17')).body;
    await eventually(() => told.length > 0);
    await sandbox.stop();
    appendFileSync(join(home, 'payments.jsonl'), '{"line":"told","paymentId":"pa');
    [told, answers] = [[], []];
    await open();
    await eventually(() => told.length > 0);
    expect(told).toMatchObject([{ data: { paymentId: untaken['paymentId'] }, signed: true }]);
    await post(`/payments/${waiting['paymentId']}/fail`);
    await eventually(() => told.length === 2);
    expect(told[1]).toMatchObject({ type: 'payment.failed', data: { purchaseId: 'pur_2' } });
    await sandbox.stop();
    await open();
    expect((await ask('pur_2', '17')).body['status']).toBe('failed');
  });

  it.each([
    ['nothing', undefined],
    ['no amount', { purchaseId: 'pur_1', amount: '0', currency: 'CNY' }],
    ['a number', { purchaseId: 'pur_1', amount: 5, currency: 'CNY' }],
    ['more than it knows', { purchaseId: 'pur_1', amount: '5', currency: 'CNY', note: 'x' }],
  ])('refuses %s', async (_, body) => expect((await post('/payments', body)).status).toBe(400));

  it('has nothing at other paths', async () => {
    expect((await post('/payments/pay_1/pay')).status).toBe(404);
    expect((await fetch(`${sandbox.url}/`)).status).toBe(404);
    expect((await fetch(`${sandbox.url}/health`)).status).toBe(200);
  });
});
