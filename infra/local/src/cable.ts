import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/**
 * A local connection that can be cut like a cable: from then on nothing passes in either direction,
 * and neither end is notified. Existing connections stay dead, as behind a switch that has
 * forgotten them; after {@link plugIn} new ones succeed.
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

  /** Port to use instead of the server's. */
  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Changes the destination. */
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

/** Neither forwards data, nor the end of the other side. */
function silence(socket: Socket): void {
  socket.removeAllListeners('data').removeAllListeners('close').pause();
}
