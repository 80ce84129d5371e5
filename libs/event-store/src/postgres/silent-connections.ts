import type { Socket } from 'node:net';
import type { ClientBase } from 'pg';

/** What a connection of `pg` reads from and writes to. */
interface Connected {
  readonly connection: { readonly stream: Socket };
}

/**
 * Drops all connections of a pool as soon as one of them is found dead without a word: an answer did not come in time, or the kernel gave
 * it up. What swallowed one (a failover, a firewall that forgot) has swallowed the others, too, and each would cost a whole time-out to
 * find out. What is under way on them fails at once, and is tried again over new ones. A connection that its server closed says nothing
 * about the others.
 */
export class SilentConnections {
  private readonly sockets = new Set<Socket>();

  /** Adds a connection that the pool has just opened: what `onConnect` of its options calls. */
  readonly watch = (client: ClientBase): void => {
    const { stream } = (client as unknown as Connected).connection;
    this.sockets.add(stream);
    let failure: NodeJS.ErrnoException | undefined;
    stream.once('error', (error: NodeJS.ErrnoException) => (failure = error));
    stream.once('close', () => {
      // Those that went with another one are not among them any more.
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
