import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A recorded process: pids are reused, a pid with its start time is not. */
export interface ProcessRecord {
  readonly name: string;
  readonly pid: number;
  /** Start time of the process, in the operating system's own notation. */
  readonly startedAt: string;
  /** Signal that ends it when its supervisor is gone. */
  readonly endSignal: NodeJS.Signals;
}

/**
 * Start time of a pid's process, in the operating system's own notation; undefined without one (a
 * zombie does not count).
 */
export function startTimeOf(pid: number): string | undefined {
  return process.platform === 'linux' ? startTimeFromProc(pid) : startTimeFromPs(pid);
}

/** True while the recorded process runs. */
export function stillRuns(record: Pick<ProcessRecord, 'pid' | 'startedAt'>): boolean {
  return startTimeOf(record.pid) === record.startedAt;
}

/**
 * Ends processes: each gets its signal, and SIGKILL if it remains after `graceMs`. Resolves when
 * all are gone.
 */
export async function endProcesses(records: readonly ProcessRecord[], graceMs: number): Promise<void> {
  for (const record of records) signal(record, record.endSignal);
  const deadline = Date.now() + graceMs;
  while (records.some(stillRuns)) {
    if (Date.now() > deadline) for (const record of records) signal(record, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

function signal(record: ProcessRecord, name: NodeJS.Signals): void {
  if (!stillRuns(record)) return;
  try {
    process.kill(record.pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/**
 * Fields 3 (state) and 22 (start, in clock ticks since boot) of /proc/<pid>/stat; field 2, the
 * name, may hold blanks.
 */
function startTimeFromProc(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function startTimeFromPs(pid: number): string | undefined {
  try {
    const [state, ...start] = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .split(/\s+/);
    return state === undefined || state.startsWith('Z') || start.length === 0 ? undefined : start.join(' ');
  } catch {
    return undefined;
  }
}
