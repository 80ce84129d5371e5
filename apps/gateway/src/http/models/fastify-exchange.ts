import { once } from 'node:events';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { headersOf, newId, traceHeadersOf } from '@tokengrid/service';
import type { LosableExchange } from '../../replays/lost-answers.ts';
import type { SentAnswer } from '../../replays/sealed-answer.ts';
import { streamHeaders } from '../../serving/stream-attempt.ts';

/** Headers of an answer that is sent again: it costs nothing. */
const repeatHeaders = { 'x-tokengrid-charge': '0', 'idempotent-replayed': 'true' };

const ids = new WeakMap<FastifyRequest, string>();

/** Id of a request, the same in its answer, its use and the provider's log. */
export function requestIdOf(request: FastifyRequest): string {
  let id = ids.get(request);
  if (id === undefined) ids.set(request, (id = newId('req')));
  return id;
}

/** This process, as it stops. */
export interface StoppingProcess {
  /** True after a stop signal: each connection closes after its answer. */
  readonly isDraining: () => boolean;
  /** Aborts when running answers have to end. */
  readonly end: AbortSignal;
}

/** A caller over HTTP. A stream goes past Fastify, straight to the socket. */
export class FastifyExchange implements LosableExchange {
  requestId: string;
  readonly gone: AbortSignal;
  readonly stopping: AbortSignal;
  hasBegun = false;
  hasWritten = false;
  keep: LosableExchange['keep'];
  unpaid: LosableExchange['unpaid'];

  constructor(
    request: FastifyRequest,
    private readonly reply: FastifyReply,
    readonly forwarded: Readonly<Record<string, string>>,
    private readonly process: StoppingProcess,
    /** Headers of every answer. */
    private readonly headers: Readonly<Record<string, string>> = {},
  ) {
    this.requestId = requestIdOf(request);
    this.stopping = process.end;
    const gone = new AbortController();
    this.gone = gone.signal;
    const { raw } = reply;
    raw.once('close', () => {
      if (!raw.writableFinished) gone.abort();
    });
    if (raw.destroyed) gone.abort();
  }

  get trace(): LosableExchange['trace'] {
    return traceHeadersOf(this.reply.request.headers);
  }

  /** OpenAI's SDK reads the first one, Anthropic's the second one. */
  private get idHeaders() {
    return { 'x-request-id': this.requestId, 'request-id': this.requestId };
  }

  elapsedMs(): number {
    return Math.floor(this.reply.elapsedTime);
  }

  send(headers: Readonly<Record<string, string>>, body: Uint8Array | string, status = 200): void {
    if (this.gone.aborted) return;
    // A buffer: Fastify serializes no text that is JSON already.
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    void this.reply
      .status(status)
      .headers({ ...headers, ...this.headers, ...this.idHeaders })
      .send(bytes);
  }

  begin(headers: Readonly<Record<string, string>>): void {
    this.hasBegun = true;
    this.reply.hijack();
    this.reply.raw.writeHead(200, {
      ...headersOf(this.reply),
      ...headers,
      ...this.headers,
      ...this.idHeaders,
      ...(this.process.isDraining() && { connection: 'close' }),
    });
  }

  sendAgain(requestId: string, { headers, body, status }: SentAnswer): void {
    this.requestId = requestId;
    const sent = { ...headers, ...repeatHeaders };
    if (headers['content-type'] === streamHeaders['content-type']) {
      this.begin(sent);
      this.end(body);
    } else this.send(sent, body, status);
  }

  write(bytes: Uint8Array | string): boolean {
    this.hasWritten = true;
    return this.reply.raw.write(bytes);
  }

  comment(text: string): void {
    this.reply.raw.write(`: ${text}\n\n`);
  }

  async drained(): Promise<void> {
    if (!this.reply.raw.writableNeedDrain || this.gone.aborted) return;
    await once(this.reply.raw, 'drain', { signal: this.gone }).catch(() => undefined);
  }

  end(bytes: Uint8Array | string): void {
    this.reply.raw.end(bytes);
  }

  cut(): void {
    this.reply.raw.destroy();
  }
}
