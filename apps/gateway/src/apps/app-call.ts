import { once } from 'node:events';
import { STATUS_CODES } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { scaled } from '@tokengrid/contracts';
import { headersOf, ProblemError, takeUpgrade, upgradeOf } from '@tokengrid/service';
import type { Logger } from 'pino';
import { CallerGone } from '../serving/attempt.ts';
import type { Purse, Settled, Spending } from '../serving/purse.ts';
import type { UpstreamCall, UpstreamHead } from '../upstream/upstream-call.ts';
import type { Upstreams } from '../upstream/upstreams.ts';
import type { Admitted } from './app-admission.ts';
import { causeOf, isReset, problemOfCall } from './app-failures.ts';
import { answerHeaders } from './app-headers.ts';
import type { AppTarget } from './app-target.ts';
import { dropRest, hasBody, PassedBody } from './passed-body.ts';
import { tunnel } from './tunnel.ts';

/** The meter of a request that was passed on. */
const requestsMeter = 'requests';
const oneRequest = new Map([[requestsMeter, scaled('1')]]);
const nothing = Buffer.alloc(0);
/** Safe methods (RFC 9110, 9.2.1): sent once more where the connection closed under them. */
const mayBeSentAgain = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Parts and limits of calls to apps. */
export interface AppCallParts {
  readonly upstreams: Upstreams;
  readonly purse: Purse;
  readonly log: Logger;
  /** True after a stop signal: each connection closes after its answer. */
  readonly isDraining: () => boolean;
  readonly limits: { readonly firstByteMs: number; readonly idleMs: number; readonly mostBodyBytes: number };
}

/** A request to an app, as it is passed on. */
export interface AppRequest {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly requestId: string;
  readonly admitted: Admitted;
  readonly target: AppTarget;
  /** Headers that go on, with that of the caller. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * One request to an app and its answer, passed on as it comes, each side as fast as the other one
 * reads. It ends with its caller, and as soon as it is not allowed any more.
 */
export class AppCall {
  private readonly ending = new AbortController();
  private call: UpstreamCall | undefined;

  constructor(
    private readonly asked: AppRequest,
    private readonly parts: AppCallParts,
  ) {
    const { raw } = asked.reply;
    raw.once('close', () => {
      if (!raw.writableFinished) this.end(new CallerGone('the caller has gone'));
    });
    if (raw.destroyed) this.end(new CallerGone('the caller has gone'));
  }

  /** True for a WebSocket. */
  get isUpgrade(): boolean {
    return upgradeOf(this.asked.request) !== undefined;
  }

  /** Ends the call at once. */
  end(reason: Error): void {
    if (this.ending.signal.aborted) return;
    this.ending.abort(reason);
    this.call?.abort(reason);
  }

  /**
   * Resolves once the request is answered, or its caller has gone.
   * @throws ProblemError before anything of an answer was sent
   */
  async run(): Promise<void> {
    const { request, reply } = this.asked;
    try {
      const { head, settled } = await this.paid();
      if (head.socket) await this.openTunnel(head, head.socket, settled);
      else await this.answer(head, settled);
    } catch (error) {
      this.call?.abort(error as Error);
      if (error instanceof CallerGone) return;
      if (reply.sent) return void reply.raw.destroy();
      this.tellFailed(error);
      throw problemOfCall(error);
    } finally {
      if (reply.sent) dropRest(request.raw);
    }
  }

  /** The head of the answer, once the use is paid: whatever follows was paid with it. */
  private async paid(): Promise<{ readonly head: UpstreamHead; readonly settled: Settled | undefined }> {
    const spending = await this.open();
    let isSettled = false;
    const cut = () => this.end(spending!.ended.reason as Error);
    spending?.ended.addEventListener('abort', cut);
    try {
      if (spending?.ended.aborted) cut();
      const head = await this.head();
      // An app that refuses or fails has served nothing.
      if (!spending || head.status >= 400) return { head, settled: undefined };
      isSettled = true;
      return { head, settled: await spending.finish({ units: oneRequest }) };
    } finally {
      spending?.ended.removeEventListener('abort', cut);
      if (!isSettled) spending?.drop();
    }
  }

  /** Sets tokens aside where the gateway reports the requests of the app. @throws Unpayable */
  private async open(): Promise<Spending | undefined> {
    const { admitted, request, requestId } = this.asked;
    if (!admitted.meters.includes(requestsMeter)) return undefined;
    const { partyId, keyId } = request.principal;
    const wish = { requestId, partyId, keyId, use: { app: admitted.slug }, estimate: oneRequest };
    return this.parts.purse.open(wish, this.ending.signal);
  }

  /** The head of the app's answer. @throws Error if none comes */
  private async head(): Promise<UpstreamHead> {
    try {
      return await this.send().head;
    } catch (error) {
      const { raw } = this.asked.request;
      // An idle connection may be closed just as a request goes out on it.
      const isSafe = mayBeSentAgain.has(raw.method!) && !hasBody(raw) && !this.ending.signal.aborted;
      if (!isSafe || !isReset(error)) throw error;
      return this.send().head;
    }
  }

  private send(): UpstreamCall {
    const { signal } = this.ending;
    signal.throwIfAborted();
    const { admitted, request, target, headers } = this.asked;
    const { firstByteMs, idleMs, mostBodyBytes } = this.parts.limits;
    const { raw } = request;
    this.call = this.parts.upstreams.call({
      ...{ endpoint: admitted.endpoint, ...target, method: raw.method!, headers },
      body: hasBody(raw) ? new PassedBody(raw, mostBodyBytes) : null,
      ...(this.isUpgrade && { upgrade: 'websocket' }),
      ...{ firstByteMs, stallMs: idleMs },
    });
    return this.call;
  }

  private async answer({ status, rawHeaders }: UpstreamHead, settled: Settled | undefined): Promise<void> {
    const { reply } = this.asked;
    const { raw } = reply;
    const call = this.call!;
    this.ending.signal.throwIfAborted();
    reply.hijack();
    raw.writeHead(status, STATUS_CODES[status] ?? '', [...answerHeaders(rawHeaders), ...this.ownHeaders(settled)]);
    // Sends the head: `flushHeaders` would encode its Latin-1 anew.
    raw.write(nothing);
    call.hasFirst();
    for (let chunk = await call.next(); chunk; chunk = await call.next())
      if (!raw.write(chunk)) await once(raw, 'drain', { signal: this.ending.signal });
    raw.end();
  }

  private async openTunnel(
    { rawHeaders }: UpstreamHead,
    app: NonNullable<UpstreamHead['socket']>,
    settled: Settled | undefined,
  ): Promise<void> {
    const { signal } = this.ending;
    if (signal.aborted) {
      app.destroy();
      throw signal.reason;
    }
    const { request, reply } = this.asked;
    const { socket: caller, head } = takeUpgrade(request, reply);
    const headers = [...answerHeaders(rawHeaders), ...this.ownHeaders(settled)];
    const lines = Array.from(
      { length: headers.length / 2 },
      (_, index) => `${headers[2 * index]}: ${headers[2 * index + 1]}\r\n`,
    );
    caller.write(
      `HTTP/1.1 101 ${STATUS_CODES[101]}\r\nconnection: upgrade\r\nupgrade: websocket\r\n${lines.join('')}\r\n`,
      'latin1',
    );
    if (head.length > 0) app.write(head);
    await tunnel(caller, app, { idleMs: this.parts.limits.idleMs, ended: signal });
  }

  /** Headers that the gateway states, names and values in turn. */
  private ownHeaders(settled: Settled | undefined): string[] {
    const { reply, requestId, admitted } = this.asked;
    const own = {
      ...headersOf(reply),
      'x-request-id': requestId,
      'x-tokengrid-route': admitted.appId,
      ...(settled && {
        'x-tokengrid-charge': String(settled.tokens),
        'x-tokengrid-remaining': String(settled.remaining),
      }),
      ...(this.parts.isDraining() && !this.isUpgrade && { connection: 'close' }),
    };
    return Object.entries(own).flat();
  }

  private tellFailed(error: unknown): void {
    if (error instanceof ProblemError) return;
    const { requestId, admitted } = this.asked;
    const told = `${admitted.slug} did not serve ${requestId}: ${causeOf(error)}`;
    this.parts.log.warn({ app: admitted.appId, requestId }, told);
  }
}
