import type { Socket } from 'node:net';
import type { ClientBase } from 'pg';

/** Socket of a `pg` connection. */
interface Connected {
  readonly connection: { readonly stream: Socket };
}

/**
 * Drops all connections of a pool once one of them is found silently dead: an answer did not come
 * in time, or the kernel gave it up. The cause (a failover, a firewall that forgot) affects the
 * others, too, and each would cost a whole time-out to notice.
 *
 * Running statements fail at once and are retried over new connections. A connection closed by its
 * server says nothing about the others.
 */
export class SilentConnections {
  private readonly sockets = new Set<Socket>();

  /** Adds a new connection of the pool: to be called by the pool's `onConnect`. */
  readonly watch = (client: ClientBase): void => {
    const { stream } = (client as unknown as Connected).connection;
    this.sockets.add(stream);
    let failure: NodeJS.ErrnoException | undefined;
    stream.once('error', (error: NodeJS.ErrnoException) => (failure = error));
    stream.once('close', () => {
      // Connections dropped with another one are no longer in the set.
      if (!this.sockets.delete(stream)) return;
      if (failure === undefined ? !stream.readableEnded : failure.code === 'ETIMEDOUT') this.dropAll();
    });
  };

  private dropAll(): void {
    const sockets = [...this.sockets];
    this.sockets.clear();
    for (const socket of sockets) socket.destroy();
  }
}
