import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A request as an app got it. */
export interface Got {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

const ok: Answer = (_request, response) => void response.end('ok');

/** An app of a spec, which answers as the spec says. */
export class AppServer {
  readonly got: Got[] = [];
  private readonly connections = new Set<Socket>();
  private answering: Answer = ok;
  private readsBodies = true;

  private constructor(readonly server: Server) {
    server.on('connection', (socket: Socket) => {
      this.connections.add(socket);
      socket.once('close', () => this.connections.delete(socket));
    });
    server.on('request', (request: IncomingMessage, response: ServerResponse) => void this.take(request, response));
  }

  static async start(): Promise<AppServer> {
    const server = createServer({ maxHeaderSize: 65_536 });
    const started = new AppServer(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return started;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The last request. */
  get last(): Got {
    return this.got.at(-1)!;
  }

  /** @param readsBodies false: the answer reads the body itself, or leaves it */
  answerBy(answer: Answer, readsBodies = true): void {
    this.answering = answer;
    this.readsBodies = readsBodies;
  }

  reset(): void {
    this.answerBy(ok);
    this.got.length = 0;
    this.server.removeAllListeners('upgrade');
  }

  async stop(): Promise<void> {
    for (const socket of this.connections) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => undefined);
    try {
      const body = this.readsBodies ? await buffer(request) : Buffer.alloc(0);
      this.got.push({ method: request.method!, url: request.url!, headers: request.headers, body });
      await this.answering(request, response);
    } catch {
      response.destroy();
    }
  }
}
