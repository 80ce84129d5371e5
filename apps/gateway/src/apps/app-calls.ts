import { Inject, Injectable, type OnApplicationShutdown, type OnModuleDestroy } from '@nestjs/common';
import { isDraining, ProblemError, serviceConfig, serviceLog, upgradeOf } from '@tokengrid/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { GatewayConfig } from '../config.ts';
import { mustUseApp } from '../keys/key-rights.ts';
import { RateLimits } from '../limits/rate-limits.ts';
import { unavailable } from '../serving/failures.ts';
import { Purse } from '../serving/purse.ts';
import { Connections } from '../upstream/connections.ts';
import { Upstreams } from '../upstream/upstreams.ts';
import { type Admitted, AppAdmission } from './app-admission.ts';
import { AppCall, type AppCallParts } from './app-call.ts';
import { requestHeaders } from './app-headers.ts';
import { targetOf } from './app-target.ts';
import { callerHeader, CallerTokens } from './caller-tokens.ts';
import { bodyTooLarge } from './passed-body.ts';
import { RunningCalls } from './running-calls.ts';

/** A request to an app, as it came. */
interface AppAsked {
  readonly slug: string;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly requestId: string;
}

/** Passes requests on to apps, for subscribers. */
@Injectable()
export class AppCalls implements OnModuleDestroy, OnApplicationShutdown {
  private readonly parts: AppCallParts;
  private readonly forwarded: ReadonlySet<string>;
  private readonly tunnels = new Set<AppCall>();

  constructor(
    private readonly admission: AppAdmission,
    private readonly tokens: CallerTokens,
    private readonly running: RunningCalls,
    private readonly limits: RateLimits,
    { connect }: Connections,
    purse: Purse,
    @Inject(serviceConfig) private readonly config: GatewayConfig,
    @Inject(serviceLog) log: Logger,
    @Inject(isDraining) draining: () => boolean,
  ) {
    const { upstreamConnections: mostCallsPerOrigin, upstreamOrigins: mostOrigins } = config;
    this.forwarded = new Set(config.appForwardedHeaders);
    this.parts = {
      ...{ upstreams: new Upstreams(connect, { mostCallsPerOrigin, mostOrigins }), purse, log, isDraining: draining },
      limits: { firstByteMs: config.appFirstByteMs, idleMs: config.appIdleMs, mostBodyBytes: config.appBodyBytes },
    };
  }

  /** WebSockets do not end by themselves: their callers connect to another process. */
  onModuleDestroy(): void {
    for (const call of this.tunnels) call.end(stopping());
  }

  onApplicationShutdown(): Promise<void> {
    return this.parts.upstreams.close();
  }

  /**
   * Passes a request on. It counts for its key's limits, a WebSocket as a stream.
   * @throws ProblemError before anything of an answer was sent
   */
  async pass(asked: AppAsked): Promise<void> {
    const { slug, request } = asked;
    mustUseApp(request.principal, slug);
    const isStreamed = upgradeOf(request) !== undefined;
    const limits = await this.limits.admit(request.principal, { units: 0, isStreamed });
    try {
      await this.passAdmitted(asked);
    } finally {
      limits.over(0);
    }
  }

  private async passAdmitted({ slug, request, reply, requestId }: AppAsked): Promise<void> {
    const { raw, principal, headers } = request;
    const target = targetOf(raw.url!);
    if (Number(headers['content-length'] ?? 0) > this.config.appBodyBytes) throw bodyTooLarge(this.config.appBodyBytes);
    if (upgradeOf(request) && this.parts.isDraining()) throw stopping();
    const admitted = await this.admission.admit(slug, principal.partyId);
    const passed = {
      ...this.headersFor(request, requestId, admitted),
      [callerHeader]: await this.tokens.sign(admitted, requestId),
    };
    const call = new AppCall({ request, reply, requestId, admitted, target, headers: passed }, this.parts);
    const over = this.running.begin({
      ...{ admitted, group: `${principal.keyId} ${slug}`, end: (reason) => call.end(reason) },
      admit: () => this.readmit(request, slug),
    });
    if (call.isUpgrade) this.tunnels.add(call);
    try {
      await call.run();
    } finally {
      over();
      this.tunnels.delete(call);
    }
  }

  /** The right to call as it is by now: that of the key, then that of its party. */
  private async readmit({ server, routeOptions, headers }: FastifyRequest, slug: string): Promise<Admitted> {
    const { partyId } = await server.authenticator.admit(routeOptions.config.access!, headers.authorization);
    return this.admission.admit(slug, partyId);
  }

  private headersFor({ headers }: FastifyRequest, requestId: string, { slug }: Admitted) {
    const { publicUrl, basePath } = this.config;
    const { protocol, host } = new URL(publicUrl ?? 'http://localhost');
    return {
      ...requestHeaders(headers, this.forwarded),
      'x-request-id': requestId,
      // Never what the caller states, nor its address, by which apps could tell that two of their
      // subscribers are one.
      'x-forwarded-proto': protocol.slice(0, -1),
      'x-forwarded-host': publicUrl === undefined ? (headers.host ?? host) : host,
      'x-forwarded-prefix': `${basePath}/apps/${slug}`,
    };
  }
}

const stopping = (): ProblemError => new ProblemError(unavailable('this process stops; another one takes WebSockets'));
