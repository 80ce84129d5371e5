import { randomUUID } from 'node:crypto';

/** Answer of a service. A JSON body is parsed, any other is text. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // Whatever the service sends; the test states its expectation.
  readonly body: Record<string, unknown>;
}

export interface CallOptions {
  /** API key; none: anonymous. */
  readonly key?: string | undefined;
  readonly body?: unknown;
  /** Sent unchanged, instead of `body` as JSON. */
  readonly raw?: string;
  readonly contentType?: string;
  /** A new one per call by default. */
  readonly idempotencyKey?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Calls one process of a service, exactly as told and once, without retries. */
export class Client {
  constructor(readonly address: string) {}

  get(path: string, key?: string): Promise<Answer> {
    return this.call('GET', path, { key });
  }

  post(path: string, key: string | undefined, body?: unknown, options: CallOptions = {}): Promise<Answer> {
    return this.call('POST', path, { key, body, ...options });
  }

  put(path: string, key: string | undefined, body?: unknown, options: CallOptions = {}): Promise<Answer> {
    return this.call('PUT', path, { key, body, ...options });
  }

  delete(path: string, key: string | undefined): Promise<Answer> {
    return this.call('DELETE', path, { key });
  }

  async call(method: string, path: string, options: CallOptions): Promise<Answer> {
    const { key, body, raw, contentType = 'application/json', idempotencyKey = randomUUID(), headers } = options;
    const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(this.address + path, {
      method,
      headers: {
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
        ...(sent !== undefined && { 'content-type': contentType }),
        ...(method !== 'GET' && { 'idempotency-key': idempotencyKey }),
        ...headers,
      },
      ...(sent !== undefined && { body: sent }),
    });
    return { status: response.status, headers: response.headers, body: bodyOf(await response.text()) };
  }
}

function bodyOf(text: string): Record<string, unknown> {
  if (text === '') return {};
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return { text };
  }
}
