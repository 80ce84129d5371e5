import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { problem, ProblemError } from '@tokengrid/service';

/** Time in which the rest of a body is read and dropped, so that its sender can read the answer. */
const restMs = 10_000;

/** 413: the body is larger than an app's requests may be. */
export const bodyTooLarge = (mostBytes: number): ProblemError =>
  new ProblemError(problem(413, 'PAYLOAD_TOO_LARGE', `the body is larger than ${mostBytes} bytes`));

/** True if a request has a body. */
export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/**
 * A request's body on its way to an app: read as fast as the app takes it, up to a size. Its end
 * before the request's own leaves the caller's connection alone, on which an answer goes back.
 */
export class PassedBody extends Readable {
  private size = 0;

  constructor(
    private readonly request: IncomingMessage,
    private readonly mostBytes: number,
  ) {
    super();
    request.on('data', this.carry);
    request.on('end', this.complete);
    request.on('close', this.breakOff);
    request.pause();
  }

  override _read(): void {
    this.request.resume();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.request.off('data', this.carry);
    this.request.off('end', this.complete);
    this.request.off('close', this.breakOff);
    done(error);
  }

  private readonly carry = (chunk: Buffer): void => {
    this.size += chunk.length;
    if (this.size > this.mostBytes) this.destroy(bodyTooLarge(this.mostBytes));
    else if (!this.push(chunk)) this.request.pause();
  };

  private readonly complete = (): void => void this.push(null);

  private readonly breakOff = (): void => {
    if (!this.request.complete) this.destroy(new Error('the request broke off'));
  };
}

/** Drops the rest of a request's body, within bounds, once it is answered. */
export function dropRest(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  const timer = setTimeout(() => request.destroy(), restMs);
  request.once('close', () => clearTimeout(timer));
  request.once('end', () => clearTimeout(timer));
  request.resume();
}
