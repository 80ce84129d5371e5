import type { Readable } from 'node:stream';
import { LRUCache } from 'lru-cache';
import { type buildConnector, Pool } from 'undici';
import { type CallLimits, UpstreamCall } from './upstream-call.ts';

/** Opens connections to upstreams: it may refuse an address. */
export type Connect = buildConnector.connector;

/** Limits of connections to upstreams. */
export interface UpstreamLimits {
  /** Maximum number of requests to one origin at a time, each on a connection of its own. */
  readonly mostCallsPerOrigin: number;
  /** Maximum number of origins with open connections. */
  readonly mostOrigins: number;
}

/** An origin has as many requests as it may have. */
export class UpstreamBusy extends Error {
  override readonly name = 'UpstreamBusy';
}

export interface UpstreamRequest extends CallLimits {
  /** Base URL of an API. */
  readonly endpoint: string;
  /** `POST` by default. */
  readonly method?: string;
  /** Path below it, which begins with a slash; empty for the endpoint itself. */
  readonly path: string;
  /** Query beside that of the endpoint, without its question mark. */
  readonly query?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Readable | null;
  /** Protocol that the connection is upgraded to. */
  readonly upgrade?: string;
}

/** Maximum size of an upstream's headers, in bytes. */
const mostHeaderBytes = 16_384;
/** Time for which an idle connection is kept, in milliseconds. */
const keepAliveMs = 10_000;

interface Origin {
  readonly pool: Pool;
  calls: number;
}

const asQuery = (query: string, index: number): string => `${index === 0 ? '?' : '&'}${query}`;

/**
 * Connections to upstreams, a pool for each origin. Redirects are answers like any other: nothing
 * follows them.
 */
export class Upstreams {
  private readonly origins: LRUCache<string, Origin>;

  constructor(
    private readonly connect: Connect,
    private readonly limits: UpstreamLimits,
  ) {
    // A pool that is not used any more closes once its requests are over.
    this.origins = new LRUCache({ max: limits.mostOrigins, dispose: ({ pool }) => void pool.close() });
  }

  /** Sends a request. @throws UpstreamBusy */
  call({
    endpoint,
    method = 'POST',
    path,
    query = '',
    headers,
    body,
    upgrade,
    ...limits
  }: UpstreamRequest): UpstreamCall {
    const url = new URL(endpoint);
    const origin = this.originOf(url.origin);
    if (origin.calls >= this.limits.mostCallsPerOrigin) throw new UpstreamBusy(`${url.origin} has enough requests`);
    origin.calls++;
    const call = new UpstreamCall(limits, () => origin.calls--);
    const queries = [url.search.slice(1), query].filter((each) => each !== '');
    const options = {
      path: `${url.pathname.replace(/\/+$/, '')}${path}`.replace(/^$/, '/') + queries.map(asQuery).join(''),
      method,
      headers,
      body,
      ...(upgrade !== undefined && { upgrade }),
      // A call has time limits of its own.
      ...{ headersTimeout: 0, bodyTimeout: 0 },
    };
    try {
      origin.pool.dispatch(options, call);
    } catch (error) {
      call.fail(error as Error);
    }
    return call;
  }

  /** Closes all connections, those of running requests too. */
  async close(): Promise<void> {
    const pools = [...this.origins.values()].map(({ pool }) => pool);
    await Promise.all(pools.map((pool) => pool.destroy()));
  }

  private originOf(url: string): Origin {
    const known = this.origins.get(url);
    if (known) return known;
    const pool = new Pool(url, {
      connect: this.connect,
      connections: this.limits.mostCallsPerOrigin,
      pipelining: 1,
      // An aborted request ends its connection, which is how a model server notices.
      allowH2: false,
      maxHeaderSize: mostHeaderBytes,
      keepAliveTimeout: keepAliveMs,
    });
    const origin = { pool, calls: 0 };
    this.origins.set(url, origin);
    return origin;
  }
}
