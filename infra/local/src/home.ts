import { chmodSync, linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root, equally far from `src` and `dist` of this package. */
export const repositoryRoot = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * Home of a stack: `given`, else `TOKENGRID_HOME`, else `.tokengrid` in the repository. Absolute.
 */
export function resolveHome(given?: string): string {
  return resolve(given ?? process.env['TOKENGRID_HOME'] ?? join(repositoryRoot, '.tokengrid'));
}

/** Paths within a home. */
export function homePaths(home: string) {
  return {
    runFile: join(home, 'run.json'),
    secrets: join(home, 'secrets.json'),
    lock: join(home, 'supervisor.lock'),
    processes: join(home, 'processes.json'),
    logs: join(home, 'logs'),
    kafka: join(home, 'kafka'),
    postgres: join(home, 'postgres'),
    payments: join(home, 'payments.jsonl'),
    mails: join(home, 'mails'),
  };
}

/**
 * Creates the home. Others may pass through it (Postgres runs as another user if we are root) but
 * not list it.
 */
export function createHome(home: string): void {
  mkdirSync(homePaths(home).logs, { recursive: true });
  chmodSync(home, 0o711);
}

/**
 * Writes a file that only its owner can read, atomically: a reader sees the old content or the new,
 * never a part.
 */
export function writeAtomically(path: string, content: string): void {
  const temporary = writeBeside(path, content);
  renameSync(temporary, path);
}

/** Creates a file with its content atomically. False if it exists. */
export function createAtomically(path: string, content: string): boolean {
  const temporary = writeBeside(path, content);
  try {
    linkSync(temporary, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(temporary);
  }
}

function writeBeside(path: string, content: string): string {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.${(counter += 1)}.tmp`;
  writeFileSync(temporary, content, { mode: 0o600 });
  return temporary;
}

let counter = 0;
