import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { root } from './root.ts';

/** Time limit for a program to end before it is killed. */
const endTimeoutMs = 10_000;
/** Niceness at low priority: about a tenth of a core if others want both, else all that is idle. */
const lowPriority = 10;

export interface ProgramOptions {
  /** Working folder; the repository's top folder by default. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** `shown`: passed through; `kept`: returned. */
  readonly output: 'shown' | 'kept';
  /** True for a program that only fills idle time. */
  readonly atLowPriority?: boolean;
  readonly signal: AbortSignal;
}

/**
 * Runs a program until it ends. It leads a process group of its own, so that no process that it
 * started outlives it.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  { cwd = root, env = {}, output, atLowPriority = false, signal }: ProgramOptions,
): Promise<{ readonly code: number; readonly output: string }> {
  const child = spawn(program, args, {
    cwd,
    detached: true,
    env: { ...process.env, ...env },
    stdio: output === 'shown' ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
  });
  if (atLowPriority) lowerPriority(child);
  let kept = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (kept += chunk.toString()));
  const endSoon = () => endGroup(child, 'SIGTERM');
  const endNow = () => endGroup(child, 'SIGKILL');
  let timer: NodeJS.Timeout | undefined;
  const abort = () => {
    endSoon();
    timer = setTimeout(endNow, endTimeoutMs);
  };
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once(output === 'shown' ? 'exit' : 'close', (status: number | null) => resolve(status ?? 1));
    });
    return { code, output: kept };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    endNow();
  }
}

/** Processes that a program starts inherit its priority. */
function lowerPriority({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, lowPriority);
    // Linux shares time between sessions first, and a program leads one: sched(7), autogroups.
    writeFileSync(`/proc/${pid}/autogroup`, String(lowPriority));
  } catch {
    // It has ended, or the system has no such groups.
  }
}

function endGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    // ESRCH: the group is gone, as wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
