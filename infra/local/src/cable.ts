import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/**
 * A way to a server on this machine that can be pulled out like a cable: from then on nothing gets through in either direction, and
 * neither end is told. What was connected stays dead for ever, as behind a switch that has forgotten it; after {@link plugIn} whoever
 * connects anew gets through.
 */
export class Cable {
  private readonly sockets = new Set<Socket>();
  private target: number | undefined;
  private pulled = false;

  private constructor(private readonly server: Server) {
    server.on('connection', (near) => this.carry(near));
  }

  /** Listens on a free port. */
  static async lay(): Promise<Cable> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
    return new Cable(server);
  }

  /** Where to connect instead of to the server. */
  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Where it leads from now on. */
  leadTo(port: number): void {
    this.target = port;
  }

  pull(): void {
    this.pulled = true;
    for (const socket of this.sockets) silence(socket);
  }

  plugIn(): void {
    this.pulled = false;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private carry(near: Socket): void {
    this.keep(near);
    if (this.pulled || this.target === undefined) return silence(near);
    const far = connect(this.target, '127.0.0.1');
    this.keep(far);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.setNoDelay(true).on('data', (bytes: Buffer) => to.write(bytes));
      from.on('close', () => to.destroy());
    }
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined);
  }
}

/** Neither passes on what comes, nor that the other end goes away. */
function silence(socket: Socket): void {
  socket.removeAllListeners('data').removeAllListeners('close').pause();
}
