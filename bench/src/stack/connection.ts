import { connect, type Socket } from 'node:net';

const lastChunk = Buffer.from('\r\n0\r\n\r\n');

export interface Answered {
  readonly status: number;
  readonly body: string;
}

/**
 * Connection of one caller: HTTP/1.1, kept alive, one request at a time, written directly to a
 * socket. The load shares the machine's cores with the measured service, and Node's own client
 * takes four times as long per request. It supports answers with a content-length, and chunked ones
 * without trailers, of which it keeps the raw bytes.
 */
export class Connection {
  private readonly socket: Socket;
  private received: Buffer[] = [];
  private length = 0;
  private waiting:
    { readonly resolve: (answered: Answered) => void; readonly reject: (error: Error) => void } | undefined;

  /** @param head header lines of every request, each with its line end */
  constructor(
    url: string,
    private readonly head: string,
    private readonly contentType = 'application/json',
  ) {
    const { hostname, port } = new URL(url);
    this.socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.socket.on('data', (chunk: Buffer) => this.receive(chunk));
    this.socket.on('error', (error) => this.waiting?.reject(error));
    this.socket.on('close', () => this.waiting?.reject(new Error(`${url} closed the connection`)));
  }

  request(method: 'GET' | 'POST' | 'PUT', path: string, body = '', idempotencyKey?: string): Promise<Answered> {
    const key = idempotencyKey === undefined ? '' : `idempotency-key: ${idempotencyKey}\r\n`;
    const content =
      method === 'GET' ? '' : `content-type: ${this.contentType}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`;
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.socket.write(`${method} ${path} HTTP/1.1\r\n${this.head}${key}${content}\r\n${body}`);
    });
  }

  close(): void {
    this.socket.destroy();
  }

  /** True if what was received ends with the empty chunk, whose bytes may come in two pieces. */
  private hasLastChunk(latest: Buffer): boolean {
    const before = this.received.at(-2);
    const end = latest.length >= lastChunk.length || !before ? latest : Buffer.concat([before, latest]);
    return end.subarray(-lastChunk.length).equals(lastChunk);
  }

  private receive(chunk: Buffer): void {
    this.received.push(chunk);
    this.length += chunk.length;
    const first = this.received[0]!;
    const headEnd = first.indexOf('\r\n\r\n');
    if (headEnd < 0) {
      this.received = [Buffer.concat(this.received)];
      return;
    }
    const head = first.toString('latin1', 0, headEnd);
    const bodyStart = headEnd + 4;
    const stated = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
    if (stated === undefined ? !this.hasLastChunk(chunk) : this.length < bodyStart + Number(stated)) return;
    const all = this.received.length === 1 ? first : Buffer.concat(this.received);
    this.received = [];
    this.length = 0;
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.resolve({ status: Number(head.slice(9, 12)), body: all.toString('utf8', bodyStart) });
  }
}
