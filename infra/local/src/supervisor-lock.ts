import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createAtomically, homePaths, writeAtomically } from './home.ts';
import { endProcesses, startTimeOf, stillRuns } from './process-identity.ts';
import type { ProcessRecord } from './process-identity.ts';

/** Supervisor of a home. */
export interface Holder {
  readonly pid: number;
  readonly startedAt: string;
}

const leftoverGraceMs = 5000;

/** Supervisor of a home, if one runs. A lock of a dead process does not count. */
export function lockHolder(home: string): Holder | undefined {
  const holder = readLock(home);
  return holder && stillRuns(holder) ? holder : undefined;
}

/**
 * Makes this process the home's supervisor. Throws, naming the other, if there is one; the lock of
 * a dead one is taken over.
 */
export function takeLock(home: string, say: (message: string) => void): void {
  const path = homePaths(home).lock;
  const mine = JSON.stringify({ pid: process.pid, startedAt: startTimeOf(process.pid) });
  while (!createAtomically(path, mine)) {
    const found = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
    const holder = lockHolder(home);
    if (holder) {
      throw new Error(
        `A stack already runs on ${home} (supervisor's pid: ${holder.pid}). Stop it first: \`npm run down\`.`,
      );
    }
    say('the last supervisor of this home did not end properly: taking over');
    if (found !== undefined) removeStale(path, found);
  }
}

/** Releases the lock, if it is ours. */
export function releaseLock(home: string): void {
  if (readLock(home)?.pid === process.pid) rmSync(homePaths(home).lock, { force: true });
}

/** Records running processes, for a successor that has to end them. */
export function recordProcesses(home: string, records: readonly ProcessRecord[]): void {
  writeAtomically(homePaths(home).processes, `${JSON.stringify(records)}\n`);
}

/** Removes the record once all have ended. */
export function forgetProcesses(home: string): void {
  rmSync(homePaths(home).processes, { force: true });
}

/** Ends processes that an earlier supervisor of this home has left. */
export async function endLeftovers(home: string, say: (message: string) => void): Promise<void> {
  const path = homePaths(home).processes;
  if (!existsSync(path)) return;
  const leftovers = readRecords(path).filter(stillRuns);
  if (leftovers.length > 0) {
    say(`ending what an earlier run left: ${leftovers.map(({ name, pid }) => `${name} (${pid})`).join(', ')}`);
    await endProcesses(leftovers, leftoverGraceMs);
  }
  rmSync(path, { force: true });
}

/**
 * Removes a stale lock. Two processes may find the same one: a newer lock that was moved away is
 * put back.
 */
function removeStale(path: string, found: string): void {
  const moved = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, moved);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const content = readFileSync(moved, 'utf8');
  if (content !== found) createAtomically(path, content);
  rmSync(moved);
}

function readLock(home: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(homePaths(home).lock, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

function readRecords(path: string): ProcessRecord[] {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ProcessRecord[];
  } catch {
    return [];
  }
}
