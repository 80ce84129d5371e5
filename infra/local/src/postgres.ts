import { spawn } from 'node:child_process';
import { chownSync, existsSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { createHome, resolveHome } from './home.ts';
import { openPart } from './open-part.ts';
import type { PartHandle, PartOptions } from './open-part.ts';
import type { Command } from './part.ts';
import { Ports } from './ports.ts';
import { preparePostgres } from './postgres-binaries.ts';
import type { PostgresPlace } from './postgres-binaries.ts';
import { clearStaleLock, endOrphanedBackends } from './postgres-leftovers.ts';
import { readOrCreateSecrets } from './secrets.ts';
import { databases } from './services.ts';

export interface PostgresOptions extends PartOptions {
  /** Port; a free one by default. */
  readonly port?: number;
  /**
   * Data is thrown away: not flushed to the disk, so it survives a kill of the server, but not of
   * the machine.
   */
  readonly isThrowaway?: boolean;
}

/** A running Postgres. */
export interface Postgres extends PartHandle {
  readonly port: number;
  /** `postgres://…` of one of its databases. */
  url(database: string): string;
  /** Creates a database if it is not there. */
  ensureDatabase(name: string): Promise<void>;
}

/** Only user of the embedded server; its password is among the home's secrets. */
const userName = 'tokengrid';
const connectTimeoutMs = 1000;

/**
 * Settings that differ from Postgres' defaults. Durability does not: fsync and synchronous_commit
 * stay on. Sized for a machine that runs everything, and so that a killed server is back in seconds
 * under load: it replays, at about 200 MB a second, at most the WAL since the checkpoint before
 * last.
 */
const settings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '300',
  shared_buffers: '512MB',
  max_wal_size: '1GB',
  checkpoint_timeout: '2min',
  log_checkpoints: 'off',
  checkpoint_warning: '0',
  log_line_prefix: '%m [%p] %d ',
};

/** Settings on top of {@link settings} for data that is thrown away. */
const unflushed: Readonly<Record<string, string>> = { fsync: 'off', full_page_writes: 'off' };

/**
 * Starts the embedded Postgres on a home's data, creating it and databases, by default those of
 * every service, if needed.
 */
export async function startPostgres({
  databases: wanted = databases,
  ...options
}: PostgresOptions & { readonly databases?: readonly string[] } = {}): Promise<Postgres> {
  const postgres = await openPostgres(options);
  try {
    await postgres.start();
    for (const name of wanted) await postgres.ensureDatabase(name);
  } catch (error) {
    await postgres.stop();
    throw error;
  }
  return postgres;
}

/** The embedded Postgres of a home, its data created if need be, not started yet. */
export async function openPostgres(options: PostgresOptions): Promise<Postgres> {
  const home = resolveHome(options.home);
  createHome(home);
  const place = preparePostgres(home);
  const password = readOrCreateSecrets(home).postgresPassword;
  const ports = new Ports();
  const port = options.port ?? (await ports.claimAny());
  const isThrowaway = options.isThrowaway ?? false;
  await createData(place, password, isThrowaway);
  clearStaleLock(dataDirectory(place));

  const url = (database: string) => `postgres://${userName}:${password}@127.0.0.1:${port}/${database}`;
  const part = openPart(home, options, {
    name: 'postgres',
    command: () => postgresCommand(place, port, isThrowaway ? { ...settings, ...unflushed } : settings),
    isReady: () => accepts(url('postgres')),
    stopSignal: 'SIGINT',
    stopTimeoutMs: 30_000,
    orphanSignal: 'SIGQUIT',
  });
  return {
    ...part,
    port,
    url,
    ensureDatabase: (name) => ensureDatabase(url('postgres'), name),
    stop: async () => {
      await part.stop();
      ports.release();
    },
  };
}

/**
 * Creates a database on the server behind `serverUrl`, the URL of any of its databases, if it is
 * not there.
 */
export async function ensureDatabase(serverUrl: string, name: string): Promise<void> {
  const client = new Client({ connectionString: serverUrl, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    throw new Error(`Postgres at ${new URL(serverUrl).host} refuses the connection: ${message || code}`, {
      cause: error,
    });
  }
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } catch (error) {
    // 42P04: another stack on the same server has just created it.
    if ((error as { code?: string }).code !== '42P04') throw error;
  } finally {
    await client.end();
  }
}

function dataDirectory({ folder }: PostgresPlace): string {
  return join(folder, 'data');
}

async function postgresCommand(
  place: PostgresPlace,
  port: number,
  set: Readonly<Record<string, string>>,
): Promise<Command> {
  await endOrphanedBackends(dataDirectory(place));
  const args = ['-D', dataDirectory(place), '-p', String(port)];
  for (const [name, value] of Object.entries(set)) args.push('-c', `${name}=${value}`);
  return {
    file: place.binaries.postgres,
    args,
    options: { ...place.user, cwd: place.folder, env: postgresEnvironment() },
  };
}

/** Messages in English, times in UTC, and none of the user's own PG… settings. */
function postgresEnvironment(): NodeJS.ProcessEnv {
  const env = Object.entries(process.env).filter(([name]) => !name.startsWith('PG') && !name.startsWith('LC_'));
  return { ...Object.fromEntries(env), LC_ALL: 'C', TZ: 'UTC' };
}

/**
 * Creates the data directory beside its place and moves it there when complete, so that a partial
 * one is never used.
 */
async function createData(place: PostgresPlace, password: string, isThrowaway: boolean): Promise<void> {
  const data = dataDirectory(place);
  if (existsSync(data)) return refuseOtherVersion(data);
  for (const name of readdirSync(place.folder)) {
    if (name.startsWith('data.new')) rmSync(join(place.folder, name), { recursive: true, force: true });
  }
  const unfinished = join(place.folder, 'data.new');
  const passwordFile = join(place.folder, 'data.new-password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (place.user.uid !== undefined) chownSync(passwordFile, place.user.uid, place.user.gid!);
  await run({
    file: place.binaries.initdb,
    args: [
      `--pgdata=${unfinished}`,
      `--username=${userName}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      ...(isThrowaway ? ['--no-sync'] : []),
    ],
    options: { ...place.user, cwd: place.folder, env: postgresEnvironment() },
  });
  rmSync(passwordFile);
  renameSync(unfinished, data);
}

const majorVersion = '18';

function refuseOtherVersion(data: string): void {
  const version = existsSync(join(data, 'PG_VERSION'))
    ? readFileSync(join(data, 'PG_VERSION'), 'utf8').trim()
    : 'unknown';
  if (version === majorVersion) return;
  throw new Error(
    `${data} is not a data directory of Postgres ${majorVersion} (its version: ${version}). ` +
      'Move it away to keep it, or `npm run reset` to start over; `npx tokengrid restore` fills databases from the topics.',
  );
}

async function run({ file, args, options }: Command): Promise<void> {
  const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0) throw new Error(`${file} failed (exit code ${String(code)}):\n${output.trim()}`);
}

/** True if it accepts connections. Rejects if it refuses our password: that is final. */
async function accepts(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: connectTimeoutMs });
  // A connection that breaks during the check rejects the check's own promise.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === '28P01') {
      throw new Error(
        'Postgres refuses the password in secrets.json: that file does not belong to this data. Restore the right one, or `npm run reset`.',
        { cause: error },
      );
    }
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
