import { setTimeout as delay } from 'node:timers/promises';
import type { WebhookMessage } from './signed-webhook.ts';
import { signedHeaders } from './signed-webhook.ts';

export interface WebhookSenderOptions {
  readonly url: string;
  /** `whsec_` and a key in base64. */
  readonly secret: string;
  /** First pause after a failure, doubled each time up to a minute. */
  readonly firstPauseMs: number;
  readonly say: (message: string) => void;
}

const longestPauseMs = 60_000;
const timeoutMs = 10_000;
const mostAttempts = 25;

/**
 * Sends webhooks until they are accepted: at least once, so a receiver whose answer was lost gets
 * one again.
 */
export class WebhookSender {
  private readonly stopping = new AbortController();

  constructor(private readonly options: WebhookSenderOptions) {}

  /** @returns whether it was accepted; false if it was given up, or the sender was stopped */
  async send(message: WebhookMessage): Promise<boolean> {
    let pauseMs = this.options.firstPauseMs;
    for (let attempt = 1; attempt <= mostAttempts && !this.stopping.signal.aborted; attempt++) {
      const trouble = await this.attempt(message);
      if (trouble === undefined) return true;
      this.options.say(`webhook ${message.id}, attempt ${attempt}: ${trouble}`);
      await delay(pauseMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      pauseMs = Math.min(2 * pauseMs, longestPauseMs);
    }
    return false;
  }

  stop(): void {
    this.stopping.abort();
  }

  /** @returns the reason of a failure, if it failed */
  private async attempt(message: WebhookMessage): Promise<string | undefined> {
    const { url, secret } = this.options;
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...signedHeaders(secret, message, Date.now()) },
        body: message.body,
        redirect: 'error',
        signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), this.stopping.signal]),
      });
      const answer = await response.text();
      return response.ok ? undefined : `${response.status} ${answer}`;
    } catch (error) {
      return (error as Error).message;
    }
  }
}
