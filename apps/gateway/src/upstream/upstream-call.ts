import type { IncomingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Dispatcher } from 'undici';

/** Status and headers of an upstream's answer. */
export interface UpstreamHead {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[];
  /** The connection after an upgrade, which is the reader's to close. */
  readonly socket?: Duplex;
}

/** Time limits of a call. */
export interface CallLimits {
  /** Until the answer begins, in milliseconds. */
  readonly firstByteMs: number;
  /** Between two chunks of it, in milliseconds. */
  readonly stallMs: number;
}

/** An upstream sent nothing within its time limit. */
export class UpstreamStalled extends Error {
  override readonly name = 'UpstreamStalled';
}

/** Bytes that wait for their reader before the upstream is paused. */
const mostWaitingBytes = 65_536;
/** Time in which a connection may bring the end of an answer that nobody reads any more. */
const lastBytesMs = 1000;

interface Waiting {
  readonly resolve: (chunk: Buffer | undefined) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One request to an upstream, and its answer as it comes: a chunk at a time, the upstream paused
 * while nobody asks for the next one.
 */
export class UpstreamCall implements Dispatcher.DispatchHandler {
  readonly head: Promise<UpstreamHead>;
  private begin!: (head: UpstreamHead) => void;
  private refuse!: (error: Error) => void;
  private controller: Dispatcher.DispatchController | undefined;
  private readonly chunks: Buffer[] = [];
  private waitingBytes = 0;
  private waiting: Waiting | undefined;
  private hasBegun = false;
  private hasEnded = false;
  private isLeft = false;
  private failure: Error | undefined;
  private timer: NodeJS.Timeout;

  constructor(
    private readonly limits: CallLimits,
    /** Called once, when the call is over. */
    private readonly over: () => void,
  ) {
    this.head = new Promise((resolve, reject) => {
      this.begin = resolve;
      this.refuse = reject;
    });
    // Whoever aborts a call may not be the one who waits for its head.
    this.head.catch(() => undefined);
    this.timer = setTimeout(() => this.checkProgress(), limits.firstByteMs);
  }

  /** True once nothing more can come. */
  get isOver(): boolean {
    return this.hasEnded || this.failure !== undefined;
  }

  /**
   * The next chunk of the answer; undefined at its end. One caller at a time.
   * @throws Error if the answer breaks off, or the call is aborted
   */
  next(): Promise<Buffer | undefined> {
    const chunk = this.chunks.shift();
    if (chunk !== undefined) {
      this.waitingBytes -= chunk.length;
      if (this.waitingBytes < mostWaitingBytes) this.controller?.resume();
      return Promise.resolve(chunk);
    }
    if (this.failure) return Promise.reject(this.failure);
    if (this.hasEnded) return Promise.resolve(undefined);
    this.timer.refresh();
    return new Promise((resolve, reject) => (this.waiting = { resolve, reject }));
  }

  /** Ends the call at once: the upstream's connection is closed. */
  abort(reason: Error): void {
    if (this.isOver) return;
    this.chunks.length = 0;
    this.fail(reason);
    this.controller?.abort(reason);
  }

  /** The rest is not needed: the connection may be used again if it comes to its end soon. */
  leave(): void {
    if (this.isOver) return;
    this.isLeft = true;
    this.chunks.length = 0;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.abort(new UpstreamStalled('the answer has no end')), lastBytesMs);
    this.controller?.resume();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.failure) controller.abort(this.failure);
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) return;
    this.hasBegun = true;
    this.begin({ status, headers, rawHeaders: rawHeadersOf(controller) });
  }

  onRequestUpgrade(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    socket: Duplex,
  ): void {
    if (this.failure) return void socket.destroy();
    this.hasBegun = true;
    this.hasEnded = true;
    this.finish();
    this.begin({ status, headers, rawHeaders: rawHeadersOf(controller), socket });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.isLeft) return;
    const { waiting } = this;
    if (waiting) {
      this.waiting = undefined;
      waiting.resolve(chunk);
      return;
    }
    this.chunks.push(chunk);
    this.waitingBytes += chunk.length;
    if (this.waitingBytes >= mostWaitingBytes) controller.pause();
  }

  onResponseEnd(): void {
    if (this.failure) return;
    this.hasEnded = true;
    this.finish();
    this.waiting?.resolve(undefined);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(error);
  }

  /** The request could not be sent. */
  fail(error: Error): void {
    if (this.isOver) return;
    this.failure = error;
    this.finish();
    this.refuse(error);
    this.waiting?.reject(error);
  }

  /** The first chunk came: from now on the time between chunks is limited. */
  hasFirst(): void {
    if (this.isOver) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.checkProgress(), this.limits.stallMs);
  }

  private checkProgress(): void {
    // A reader that is slow does not make the upstream late.
    if (this.waiting || !this.hasBegun) this.abort(new UpstreamStalled('the upstream sent nothing in time'));
    else this.timer.refresh();
  }

  private finish(): void {
    clearTimeout(this.timer);
    this.over();
  }
}

/** Headers as they came: bytes, which Node writes in Latin-1. */
const rawHeadersOf = ({ rawHeaders }: Dispatcher.DispatchController): string[] =>
  ((rawHeaders ?? []) as readonly (Buffer | string)[]).map((part) =>
    typeof part === 'string' ? part : part.toString('latin1'),
  );
