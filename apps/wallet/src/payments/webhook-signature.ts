import { createHmac, timingSafeEqual } from 'node:crypto';

/** How far a webhook's timestamp may be from now, in either direction. */
export const webhookToleranceMs = 5 * 60_000;

const prefix = 'whsec_';
const version = 'v1,';

/**
 * Why a webhook is not to be believed; `undefined` for one that is. By Standard Webhooks 1.0 (standardwebhooks.com): one of the
 * space-separated signatures is `v1,` and the base64 HMAC-SHA256 of `<id>.<timestamp>.<body>`, and the timestamp is close to now.
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
    return 'the headers webhook-id, webhook-timestamp and webhook-signature have to be there';
  }
  if (!/^\d{1,12}$/.test(timestamp)) return 'webhook-timestamp has to be in seconds since 1970';
  if (Math.abs(now - Number(timestamp) * 1000) > webhookToleranceMs) {
    return 'webhook-timestamp is more than five minutes from now';
  }
  const expected = signatureOf(secret, { id, timestamp, body });
  const signed = signatures.split(' ').some((signature) => {
    if (!signature.startsWith(version)) return false;
    const given = Buffer.from(signature.slice(version.length), 'base64');
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  return signed ? undefined : 'none of the signatures in webhook-signature is over this body';
}

interface Signed {
  readonly id: string;
  readonly timestamp: string;
  readonly body: Buffer;
}

function signatureOf(secret: string, { id, timestamp, body }: Signed): Buffer {
  const key = Buffer.from(secret.slice(prefix.length), 'base64');
  return createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
}
