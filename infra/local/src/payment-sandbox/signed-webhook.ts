import { createHmac } from 'node:crypto';

/** A message as it is sent each time anew: the id stays, the timestamp is that of the sending. */
export interface WebhookMessage {
  readonly id: string;
  readonly body: string;
}

/** The headers of Standard Webhooks 1.0 (standardwebhooks.com) for a message that is sent now. @param now epoch milliseconds */
export function signedHeaders(secret: string, { id, body }: WebhookMessage, now: number): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000));
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
