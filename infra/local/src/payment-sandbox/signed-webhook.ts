import { Webhook } from 'standardwebhooks';

/** A message of several attempts: the id stays, the timestamp is that of the attempt. */
export interface WebhookMessage {
  readonly id: string;
  readonly body: string;
}

/**
 * The headers of Standard Webhooks 1.0 (standardwebhooks.com) for a message that is sent now.
 * @param now epoch milliseconds
 */
export function signedHeaders(secret: string, { id, body }: WebhookMessage, now: number): Record<string, string> {
  const signature = new Webhook(secret).sign(id, new Date(now), body);
  return { 'webhook-id': id, 'webhook-timestamp': String(Math.floor(now / 1000)), 'webhook-signature': signature };
}
