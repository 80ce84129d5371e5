import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { isFree, Ports } from './ports.ts';

const servers: Server[] = [];
const claims: Ports[] = [];
const says: string[] = [];
const say = (message: string) => void says.push(message);

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  for (const ports of claims.splice(0)) ports.release();
  says.length = 0;
});

function newPorts(): Ports {
  const ports = new Ports();
  claims.push(ports);
  return ports;
}

/** A port in use. */
async function takenPort(host: string): Promise<number> {
  const server = createServer();
  servers.push(server);
  const ports = newPorts();
  const port = await ports.claimAny();
  ports.release();
  await new Promise<void>((resolve) => server.listen({ port, host }, resolve));
  return port;
}

describe('a claim of a port', () => {
  it('gets the default when it is free, and says nothing', async () => {
    const free = await newPorts().claimAny();
    claims.at(-1)!.release();
    expect(await newPorts().claim({ name: 'wallet', port: free }, say)).toBe(free);
    expect(says).toEqual([]);
  });

  it.each(['127.0.0.1', '0.0.0.0'])('of a default that is taken on %s gets another, and says which', async (host) => {
    const taken = await takenPort(host);
    const other = await newPorts().claim({ name: 'wallet', port: taken }, say);
    expect((other - taken) % 100).toBe(0);
    expect(await isFree(other)).toBe(true);
    expect(says).toEqual([`port ${taken} is in use: wallet takes ${other}`]);
  });

  it('of a port that was set and is taken is an error that names the variable', async () => {
    const taken = await takenPort('127.0.0.1');
    await expect(newPorts().claim({ name: 'wallet', port: taken, setBy: 'WALLET_PORT' }, say)).rejects.toThrow(
      `Port ${taken} for wallet, set by WALLET_PORT, is in use: free it or set WALLET_PORT to another.`,
    );
  });

  it('is not given to another stack before anyone listens there', async () => {
    const mine = await newPorts().claimAny();
    const theirs = await newPorts().claim({ name: 'wallet', port: mine }, say);
    expect(theirs).not.toBe(mine);
  });

  it('ends with its release', async () => {
    const ports = newPorts();
    const mine = await ports.claimAny();
    ports.release();
    expect(await newPorts().claim({ name: 'wallet', port: mine }, say)).toBe(mine);
  });
});
