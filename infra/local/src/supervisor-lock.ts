import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createAtomically, homePaths, writeAtomically } from './home.ts';
import { endProcesses, startTimeOf, stillRuns } from './process-identity.ts';
import type { ProcessRecord } from './process-identity.ts';

/** Who supervises a home. */
export interface Holder {
  readonly pid: number;
  readonly startedAt: string;
}

const leftoverGraceMs = 5000;

/** The supervisor of a home, if one runs. A lock whose process is gone holds nothing. */
export function lockHolder(home: string): Holder | undefined {
  const holder = readLock(home);
  return holder && stillRuns(holder) ? holder : undefined;
}

/** Makes this process the home's supervisor. Throws, naming the other, if there is one; a lock that a dead one left is taken over. */
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

/** Lets go, if the lock is ours. */
export function releaseLock(home: string): void {
  if (readLock(home)?.pid === process.pid) rmSync(homePaths(home).lock, { force: true });
}

/** Remembers what runs, for the case that nobody is left to end it. */
export function recordProcesses(home: string, records: readonly ProcessRecord[]): void {
  writeAtomically(homePaths(home).processes, `${JSON.stringify(records)}\n`);
}

/** All that was recorded has ended. */
export function forgetProcesses(home: string): void {
  rmSync(homePaths(home).processes, { force: true });
}

/** Ends what an earlier supervisor of this home has started and nobody has ended. */
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

/** Two may find the same stale lock: whoever moves away a newer one than it found puts it back. */
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
