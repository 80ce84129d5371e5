import { isUtf8 } from 'node:buffer';
import { timingSafeEqual } from 'node:crypto';
import { Webhook } from 'standardwebhooks';

/** Maximum offset of a webhook's timestamp from now, in either direction. */
export const webhookToleranceMs = 5 * 60_000;

/**
 * Reason for rejecting a webhook; `undefined` if it is accepted. By Standard Webhooks 1.0
 * (standardwebhooks.com): one of the space-separated signatures is over `<id>.<timestamp>.<body>`,
 * and the timestamp is close to now.
 *
 * The library signs, and the signatures are compared here: its own check uses the process' clock.
 * @param secret `whsec_` and the key in base64
 * @param now epoch milliseconds
 */
export function refuteWebhook(
  secret: string,
  headers: Readonly<Record<string, unknown>>,
  body: Buffer,
  now: number,
): string | undefined {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string') {
    return 'the headers webhook-id, webhook-timestamp and webhook-signature are required';
  }
  if (!/^(0|[1-9]\d{0,11})$/.test(timestamp)) return 'webhook-timestamp must be in seconds since 1970';
  const sentAt = Number(timestamp) * 1000;
  if (Math.abs(now - sentAt) > webhookToleranceMs) return 'webhook-timestamp is more than five minutes off';
  // The library reads the bytes as text, and would read malformed ones as others.
  if (!isUtf8(body)) return 'the body is not UTF-8';
  const expected = new Webhook(secret).sign(id, new Date(sentAt), body);
  return signatures.split(' ').some((given) => isSame(given, expected))
    ? undefined
    : 'no signature in webhook-signature matches this body';
}

function isSame(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}
