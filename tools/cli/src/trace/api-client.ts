import { randomUUID } from 'node:crypto';
import { setTimeout as passing } from 'node:timers/promises';

/** An error answer with the service's text. */
class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    readonly status: number,
    readonly code: string,
    request: string,
    detail: string,
  ) {
    super(`${request}: ${status} ${code}: ${detail}`);
  }
}

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly key?: string;
  readonly body?: unknown;
  readonly contentType?: string;
  /** A random one, if absent. */
  readonly idempotencyKey?: string;
}

/** A page of a list. */
export interface Page<Row> {
  readonly data: readonly Row[];
  readonly nextCursor?: string | null;
}

const retryDelayMs = 250;
/** Delay before the second question; later ones grow. */
const firstDelayMs = 20;
const mostAttempts = 120;

/**
 * Time limit for something that is bound to come, in ms: a slow machine needs minutes for the whole
 * trace.
 */
export const patienceMs = 600_000;

/**
 * Client of one service. Every call is safe to repeat, so "not now" (202, 409 in flight, 503, no
 * connection) is repeated.
 */
export class ApiClient {
  constructor(private readonly address: string) {}

  async call<Body = unknown>(request: Request): Promise<Body> {
    const text = await this.text(request);
    return (text === '' ? undefined : JSON.parse(text)) as Body;
  }

  /** The body of an answer, whatever its media type. */
  async text(request: Request): Promise<string> {
    const { idempotencyKey = randomUUID() } = request;
    for (let attempt = 1; ; attempt++) {
      const last = attempt >= mostAttempts;
      const response = await this.send(request, idempotencyKey).catch((error: unknown) => {
        if (last) throw error;
        return undefined;
      });
      if (response && !notNow(response)) return this.read(request, response);
      if (last) throw new Error(`${request.method} ${request.path}: no outcome after ${mostAttempts} attempts`);
      await response?.arrayBuffer();
      await passing(retryDelayMs);
    }
  }

  private send({ method, path, key, body, contentType = 'application/json' }: Request, idempotencyKey: string) {
    return fetch(`${this.address}${path}`, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': contentType }),
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
        ...(method !== 'GET' && { 'idempotency-key': idempotencyKey }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  private async read({ method, path }: Request, response: Response): Promise<string> {
    const text = await response.text();
    if (response.ok) return text;
    const { code = 'UNKNOWN', detail = text } = (text === '' ? {} : JSON.parse(text)) as {
      code?: string;
      detail?: string;
    };
    throw new ApiError(response.status, code, `${method} ${path}`, detail);
  }

  /** All rows of a list, page by page. */
  async *all<Row>(path: string, key: string): AsyncGenerator<Row> {
    let cursor: string | null | undefined;
    do {
      const query = `${path.includes('?') ? '&' : '?'}limit=1000${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`;
      const page: Page<Row> = await this.call({ method: 'GET', path: path + query, key });
      yield* page.data;
      cursor = page.nextCursor;
    } while (cursor);
  }
}

function notNow(response: Response): boolean {
  if (response.status === 503) return true;
  if (response.status === 409) return response.headers.has('retry-after');
  return response.status === 202 && response.headers.has('location');
}

/** Runs `work` for every item, `concurrency` at a time, in order of starting. */
export async function each<Item, Result>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: Math.min(concurrency, items.length) }, async () => {
      while (next < items.length) {
        const index = next++;
        results[index] = await work(items[index]!, index);
      }
    }),
  );
  return results;
}

/** Repeats a question until it has an answer. @throws Error naming it after `timeoutMs` */
export async function until<Result>(
  what: string,
  timeoutMs: number,
  ask: () => Promise<Result | undefined>,
): Promise<Result> {
  const deadline = performance.now() + timeoutMs;
  for (let delayMs = firstDelayMs; ; delayMs = Math.min(delayMs * 1.5, retryDelayMs)) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`waited ${Math.round(timeoutMs / 1000)} s for ${what}`);
    await passing(delayMs);
  }
}
