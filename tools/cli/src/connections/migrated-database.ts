import type { DataDefinition } from '@tokengrid/event-store';
import pg from 'pg';
import { patience } from './connections.ts';

/** Creates the database of a URL if its server has none of that name. */
export async function ensureDatabase(url: string): Promise<void> {
  const name = databaseNameOf(url);
  await onServer(url, async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
  });
}

/** Drops the database of a URL, despite open connections. */
export async function dropDatabase(url: string): Promise<void> {
  await onServer(url, async (client) => {
    await client.query(`drop database if exists ${client.escapeIdentifier(databaseNameOf(url))} with (force)`);
  });
}

function databaseNameOf(url: string): string {
  return decodeURIComponent(new URL(url).pathname.slice(1));
}

async function onServer(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const server = new URL(url);
  server.pathname = '/postgres';
  const client = new pg.Client({
    connectionString: server.href,
    connectionTimeoutMillis: patience.connectionTimeoutMs,
  });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** Runs a service's missing migrations on a database, as the service does at start. */
export async function migrate(url: string, { catalogue, migrations }: DataDefinition): Promise<void> {
  // Imported here only: loading it takes longer than most commands.
  const { openDatabase } = await import('@tokengrid/service');
  const dataSource = await openDatabase({
    name: catalogue.service,
    config: {
      databaseUrl: url,
      serviceInstance: 'cli',
      databasePoolConnections: 2,
      databaseConnectTimeoutMs: patience.connectionTimeoutMs,
      databaseQueryTimeoutMs: 35_000,
    },
    migrations,
    entities: [],
    log: { info: () => undefined, warn: (_: unknown, message?: string) => console.error(message) },
  });
  await dataSource.destroy();
}
