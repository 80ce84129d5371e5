import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { createAtomically } from './home.ts';
import { startTimeOf, stillRuns } from './process-identity.ts';

/** Wanted port of a part. */
export interface PortWish {
  readonly name: string;
  readonly port: number;
  /** Environment variable that set it. Then no other port will do. */
  readonly setBy?: string;
}

/**
 * Distance between a taken default port and its replacement, which makes a second clone's ports
 * easy to recognize.
 */
const step = 100;
const attempts = 30;
/**
 * Free ports come from below the range of outgoing connections, from which a part could lose its
 * port while it restarts.
 */
const freeRange = { from: 20_000, size: 10_000 };

/**
 * Claims ports for one stack. A port may be unused for long before its part listens (the JVM takes
 * seconds), so a claim is also stored for other stacks of this user; it ends with its process.
 */
export class Ports {
  private readonly claimed = new Set<number>();

  /**
   * The wished port; instead of a taken default the next free one, 100 further each time, with a
   * message. Rejects if a port that was set is taken.
   */
  async claim({ name, port, setBy }: PortWish, say: (message: string) => void): Promise<number> {
    if (await this.tryClaim(port)) return port;
    if (setBy)
      throw new Error(`Port ${port} for ${name}, set by ${setBy}, is in use: free it or set ${setBy} to another.`);
    for (let i = 1; i <= attempts; i += 1) {
      const other = port + i * step;
      if (await this.tryClaim(other)) {
        say(`port ${port} is in use: ${name} takes ${other}`);
        return other;
      }
    }
    const free = await this.claimAny();
    say(`port ${port} is in use: ${name} takes ${free}`);
    return free;
  }

  /** Any free port. */
  async claimAny(): Promise<number> {
    const start = Math.floor(Math.random() * freeRange.size);
    for (let i = 0; i < freeRange.size; i += 1) {
      const port = freeRange.from + ((start + i) % freeRange.size);
      if (await this.tryClaim(port)) return port;
    }
    throw new Error(`No port from ${freeRange.from} to ${freeRange.from + freeRange.size} is free.`);
  }

  /** Releases all claims. */
  release(): void {
    for (const port of this.claimed) rmSync(claimPath(port), { force: true });
    this.claimed.clear();
  }

  private async tryClaim(port: number): Promise<boolean> {
    if (!createClaim(port)) return false;
    this.claimed.add(port);
    if (await isFree(port)) return true;
    this.claimed.delete(port);
    rmSync(claimPath(port), { force: true });
    return false;
  }
}

/** True if a port is unused, on loopback and on all addresses. */
export async function isFree(port: number): Promise<boolean> {
  for (const host of ['127.0.0.1', '0.0.0.0', '::']) if (!(await canListen(port, host))) return false;
  return true;
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    // Without IPv6 nothing listens there.
    server.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'EADDRINUSE' && code !== 'EACCES'));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function createClaim(port: number): boolean {
  const path = claimPath(port);
  const claim = JSON.stringify({ pid: process.pid, startedAt: startTimeOf(process.pid) });
  if (createAtomically(path, claim)) return true;
  if (isHeld(path)) return false;
  rmSync(path, { force: true });
  return createAtomically(path, claim);
}

function isHeld(path: string): boolean {
  try {
    return stillRuns(JSON.parse(readFileSync(path, 'utf8')) as { pid: number; startedAt: string });
  } catch {
    return false;
  }
}

function claimPath(port: number): string {
  const folder = join(tmpdir(), `tokengrid-ports-${userInfo().uid}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return join(folder, String(port));
}
