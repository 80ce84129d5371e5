import pg from 'pg';
import { eventually, hasStatus } from '../api/eventually.ts';
import type { Tokengrid } from '../api/tokengrid.ts';

const parts = ['wallet', 'wallet-2'] as const;
const readyWithinMs = 60_000;

/** Waits until both processes of the wallet accept commands. */
export async function walletsAreReady(grid: Tokengrid): Promise<void> {
  for (const one of grid.wallets) {
    const ready = () => one.get('/health/ready').catch(() => ({ status: 0, headers: new Headers(), body: {} }));
    await eventually(ready, hasStatus(200), readyWithinMs);
  }
}

/** Kills both processes of the wallet and starts them again. */
export async function restartWallets(grid: Tokengrid): Promise<void> {
  await Promise.all(parts.map((part) => grid.stack.part(part).kill()));
  await Promise.all(parts.map((part) => grid.stack.part(part).start()));
  await walletsAreReady(grid);
}

/** Loses the wallet's database and restores it from Kafka, like an operator in a terminal. */
export async function loseAndRestore(grid: Tokengrid): Promise<void> {
  await Promise.all(parts.map((part) => grid.stack.part(part).stop()));
  await dropDatabase(grid.stack.run.postgres['wallet']!);
  const { exitCode, stderr } = await grid.tokengrid('restore', 'wallet');
  if (exitCode !== 0) throw new Error(`restore ended with ${exitCode}: ${stderr}`);
  await Promise.all(parts.map((part) => grid.stack.part(part).start()));
  await walletsAreReady(grid);
}

async function dropDatabase(url: string): Promise<void> {
  const server = new URL(url);
  const database = server.pathname.slice(1);
  server.pathname = '/postgres';
  const client = new pg.Client({ connectionString: server.href });
  await client.connect();
  try {
    await client.query(`drop database ${client.escapeIdentifier(database)} with (force)`);
  } finally {
    await client.end();
  }
}
