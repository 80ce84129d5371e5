import type { IncomingHttpHeaders, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpPaymentProvider, ProviderUnavailable } from './payment-provider.ts';

const unending = new AbortController().signal;
const payment = { purchaseId: 'pur_1', price: { currency: 'CNY', amount: 500n } };

let server: Server;
let seen: { headers: IncomingHttpHeaders; url: string | undefined; body: unknown } | undefined;
let answer: (response: ServerResponse) => void;
beforeEach(async () => {
  seen = undefined;
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (part: Buffer) => (text += part.toString()));
    request.on('end', () => {
      seen = { headers: request.headers, url: request.url, body: JSON.parse(text) };
      answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const provider = (over: object = {}) =>
  new HttpPaymentProvider({
    paymentProviderUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2/`,
    paymentProviderKey: 'provider-key',
    paymentWebhookSecret: 'whsec_x',
    paymentProviderTimeoutMs: 200,
    paymentProviderAnswerBytes: 65_536,
    ...over,
  });
const answers = (status: number, body: string, headers: Record<string, string> = {}) => {
  answer = (response) => void response.writeHead(status, headers).end(body);
};

describe('the payment provider', () => {
  it('is asked for the price of a purchase, once for each', async () => {
    answers(201, '{"paymentId":"pay_1","paymentUrl":"https://pay.example.com/1","more":true}');
    expect(await provider().request(payment, unending)).toEqual({
      taken: true,
      paymentId: 'pay_1',
      paymentUrl: 'https://pay.example.com/1',
    });
    expect(seen).toMatchObject({
      url: '/v2/payments',
      body: { purchaseId: 'pur_1', amount: '500', currency: 'CNY' },
      headers: { authorization: 'Bearer provider-key', 'idempotency-key': 'pur_1' },
    });
  });

  it.each([400, 402, 422])('may refuse by %i, and say why', async (status) => {
    answers(status, `too small\0${'x'.repeat(600)}`);
    const { taken, reason } = (await provider().request(payment, unending)) as { taken: boolean; reason: string };
    expect([taken, reason]).toEqual([false, `too small${'x'.repeat(491)}`]);
    answers(status, '');
    expect(await provider().request(payment, unending)).toEqual({ taken: false, reason: `status ${status}` });
  });

  it.each([
    ['by an outage', 503, ''],
    ['by a request for it that is under way', 409, 'in flight'],
    ['by a key that is not good', 401, ''],
    ['by too many requests', 429, ''],
    ['without a payment', 201, '{}'],
    ['in another language', 200, '<html>'],
    ['with an address that is none', 201, '{"paymentId":"pay_1","paymentUrl":"javascript:pay()"}'],
    ['with an id that cannot be kept', 201, '{"paymentId":"pay\\u0000"}'],
    ['by sending elsewhere', 302, ''],
  ])('is asked again where it answers %s', async (_, status, body) => {
    answers(status, body, { location: '/' });
    await expect(provider().request(payment, unending)).rejects.toThrow(ProviderUnavailable);
  });

  it('is asked again where it does not answer in time, or is not there', async () => {
    answer = () => undefined;
    await expect(provider().request(payment, unending)).rejects.toThrow(ProviderUnavailable);
    await expect(provider({ paymentProviderUrl: 'http://127.0.0.1:1' }).request(payment, unending)).rejects.toThrow(
      ProviderUnavailable,
    );
  });

  it.each([
    ['says so before', { 'content-length': '5000000' }],
    ['only goes on', {}],
  ])('is not listened to for ever, nor for more than fits: it %s', async (_, headers: Record<string, string>) => {
    let sent = 0;
    answer = (response) => {
      response.writeHead(200, headers);
      const part = Buffer.alloc(16 * 1024, ' ');
      const go = () => {
        while (!response.destroyed && response.write(part)) sent += part.length;
        response.once('drain', go);
      };
      go();
    };
    const patient = provider({ paymentProviderTimeoutMs: 60_000, paymentProviderAnswerBytes: 65_536 });
    await expect(patient.request(payment, unending)).rejects.toThrow(
      'the payment provider answered with more than 65536 bytes',
    );
    // Data in the socket buffers is on its way; the connection is closed, and nothing more is read.
    expect(sent).toBeLessThan(32 * 1024 * 1024);
  });

  it('is not waited for though it goes on a little at a time', async () => {
    answer = (response) => {
      response.writeHead(200);
      const dripping = setInterval(() => response.write(' '), 10);
      response.on('close', () => clearInterval(dripping));
    };
    await expect(provider().request(payment, unending)).rejects.toThrow(ProviderUnavailable);
  });

  it('may refuse at length, and is heard to the limit', async () => {
    answers(422, 'x'.repeat(70_000));
    await expect(provider().request(payment, unending)).rejects.toThrow(/more than 65536 bytes/);
  });

  it('is there once its address and the secret of its webhooks are known', () => {
    expect(provider().isThere).toBe(true);
    expect(provider({ paymentProviderUrl: undefined }).isThere).toBe(false);
    expect(provider({ paymentWebhookSecret: undefined }).isThere).toBe(false);
  });
});
