import { describe, expect, it } from '@jest/globals';
import { refuteWebhook, webhookToleranceMs } from './webhook-signature.ts';

// The example that the libraries of Standard Webhooks are tested with.
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
    expect(refute({ 'webhook-signature': others })).toMatch('none of the signatures');
  });

  it.each([
    ['another id', { 'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJeK' }],
    ['another time', { 'webhook-timestamp': '1614265331' }],
    ['no version', { 'webhook-signature': signature.slice(3) }],
    ['part of the signature', { 'webhook-signature': signature.slice(0, -8) }],
    ['nothing signed', { 'webhook-signature': 'v1,' }],
  ])('is not good for %s', (_, over) => expect(refute(over)).toMatch('none of the signatures'));

  it('is not good for another body', () =>
    expect(refute({}, sentAt, Buffer.from('{"test": 2432232315}'))).toMatch('none of the signatures'));

  it.each(Object.keys(headers))('needs the header %s', (name) =>
    expect(refute({ [name]: undefined })).toMatch('have to be there'),
  );

  it.each([sentAt + webhookToleranceMs, sentAt - webhookToleranceMs])('holds for five minutes', (now) => {
    expect(refute({}, now)).toBeUndefined();
    expect(refute({}, now + Math.sign(now - sentAt))).toMatch('more than five minutes');
  });

  it.each(['', 'now', '1614265330.5', '1e9', '-1614265330'])('does not take "%s" for a time', (timestamp) =>
    expect(refute({ 'webhook-timestamp': timestamp })).toMatch('in seconds since 1970'),
  );
});
