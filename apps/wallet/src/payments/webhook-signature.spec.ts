import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { walletConfig } from '../config.ts';
import { refuteWebhook, webhookToleranceMs } from './webhook-signature.ts';

// The test vector of the Standard Webhooks libraries.
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const body = Buffer.from('{"test": 2432232314}');
const sentAt = 1_614_265_330_000;
const signature = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';
const headers = {
  'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  'webhook-timestamp': '1614265330',
  'webhook-signature': signature,
};

describe('a webhook’s signature', () => {
  const refute = (over: object = {}, now = sentAt, bytes = body) =>
    refuteWebhook(secret, { ...headers, ...over }, bytes, now);

  it('is the specification’s own', () => expect(refute()).toBeUndefined());

  it('may be one of several, of other keys and versions', () => {
    const others = `v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v1a,g0hM9SsE v2,${signature.slice(3)}`;
    expect(refute({ 'webhook-signature': `${others} ${signature}` })).toBeUndefined();
    expect(refute({ 'webhook-signature': others })).toMatch('no signature');
  });

  it.each([
    ['another id', { 'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJeK' }],
    ['another time', { 'webhook-timestamp': '1614265331' }],
    ['no version', { 'webhook-signature': signature.slice(3) }],
    ['part of the signature', { 'webhook-signature': signature.slice(0, -8) }],
    ['nothing signed', { 'webhook-signature': 'v1,' }],
  ])('is not good for %s', (_, over) => expect(refute(over)).toMatch('no signature'));

  it('is not good for another body', () =>
    expect(refute({}, sentAt, Buffer.from('{"test": 2432232315}'))).toMatch('no signature'));

  it('is not good for bytes that are no text, and would be read as those that were signed', () => {
    const signed = Buffer.from('{"test": "\uFFFD"}');
    const own = { 'webhook-signature': new Webhook(secret).sign(headers['webhook-id'], new Date(sentAt), signed) };
    expect(refute(own, sentAt, signed)).toBeUndefined();
    const altered = Buffer.from(signed.toString('latin1').replace('\xEF\xBF\xBD', '\xFF'), 'latin1');
    expect(altered.toString()).toBe(signed.toString());
    expect(refute(own, sentAt, altered)).toBe('the body is not UTF-8');
  });

  it.each(Object.keys(headers))('needs the header %s', (name) =>
    expect(refute({ [name]: undefined })).toMatch('are required'),
  );

  it.each([sentAt + webhookToleranceMs, sentAt - webhookToleranceMs])('holds for five minutes', (now) => {
    expect(refute({}, now)).toBeUndefined();
    expect(refute({}, now + Math.sign(now - sentAt))).toMatch('more than five minutes');
  });

  it.each(['', 'now', '1614265330.5', '1e9', '-1614265330', '01614265330', ' 1614265330'])(
    'does not take "%s" for a time',
    (timestamp) => expect(refute({ 'webhook-timestamp': timestamp })).toMatch('in seconds since 1970'),
  );
});

describe('a webhook’s secret', () => {
  const accepts = (text: string) => walletConfig.shape.paymentWebhookSecret.safeParse(text).success;

  it('may be a key of 24 to 64 bytes, with padding or without, and signs as the specification says', () => {
    for (let bytes = 24; bytes <= 64; bytes++) {
      const key = Buffer.alloc(bytes, 0xfb);
      const mac = createHmac('sha256', key).update('msg_1.1614265330.').update(body).digest('base64');
      const signed = { 'webhook-id': 'msg_1', 'webhook-timestamp': '1614265330', 'webhook-signature': `v1,${mac}` };
      for (const spelt of [key.toString('base64'), key.toString('base64').replace(/=+$/, '')]) {
        expect([bytes, accepts(`whsec_${spelt}`)]).toEqual([bytes, true]);
        expect(refuteWebhook(`whsec_${spelt}`, signed, body, sentAt)).toBeUndefined();
      }
    }
  });

  it.each([23, 67])('is not of %d bytes', (bytes) =>
    expect(accepts(`whsec_${Buffer.alloc(bytes).toString('base64')}`)).toBe(false),
  );

  it('is refused when the service starts where it is no base64', () => {
    expect(accepts(`whsec_${'M'.repeat(33)}`)).toBe(false);
    expect(accepts(`whsec_${'M'.repeat(31)}-`)).toBe(false);
  });
});
