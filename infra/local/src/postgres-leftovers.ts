import { existsSync, readFileSync, readdirSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { endProcesses, startTimeOf } from './process-identity.ts';
import type { ProcessRecord } from './process-identity.ts';

/** SIGKILL at once: without a postmaster there is only crash recovery, which expects that. */
const endGraceMs = 0;

/**
 * Ends the backends of a killed postmaster. They notice by themselves, but only between two steps
 * of their work, and Postgres does not start on their data before. Needs /proc; elsewhere the next
 * start is retried.
 */
export async function endOrphanedBackends(data: string): Promise<void> {
  const orphans = processesIn(realpathSync(data));
  if (orphans.length > 0) await endProcesses(orphans, endGraceMs);
}

/**
 * Removes a `postmaster.pid` whose process is gone or is another program (Postgres itself only
 * detects the first). Throws if a Postgres runs on the data.
 */
export function clearStaleLock(data: string): void {
  const path = join(data, 'postmaster.pid');
  if (!existsSync(path)) return;
  const pid = Number(readFileSync(path, 'utf8').split('\n', 1)[0]);
  const holds =
    process.platform === 'linux' ? workingDirectory(pid) === realpathSync(data) : startTimeOf(pid) !== undefined;
  if (holds) {
    throw new Error(
      `A Postgres (pid ${pid}) already runs on ${data}. Stop it (\`npm run down\`, or \`kill -INT ${pid}\`) and try again.`,
    );
  }
  rmSync(path);
}

/** Every process of a Postgres works in its data directory. */
function processesIn(directory: string): ProcessRecord[] {
  if (process.platform !== 'linux') return [];
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return pids.flatMap((pid) => {
    const startedAt = workingDirectory(pid) === directory ? startTimeOf(pid) : undefined;
    return startedAt === undefined ? [] : [{ name: 'postgres backend', pid, startedAt, endSignal: 'SIGKILL' as const }];
  });
}

function workingDirectory(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}
