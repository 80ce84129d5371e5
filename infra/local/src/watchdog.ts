import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { ProcessRecord } from './process-identity.ts';

const running = new Map<number, ProcessRecord>();
let watchdog: ChildProcess | undefined;

/** Ensures that a process does not outlive us, however we end. */
export function guard(record: ProcessRecord): void {
  running.set(record.pid, record);
  if (watchdog) tell(`+ ${JSON.stringify(record)}`);
  else startWatchdog();
}

/** Removes an ended process, whose pid may be another's by now. */
export function unguard(pid: number): void {
  if (running.delete(pid)) tell(`- ${pid}`);
}

/** Starts the watchdog, one per supervising process: with the first part, and again if it ends. */
function startWatchdog(): void {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  const script = fileURLToPath(new URL(`./watchdog-main${extension}`, import.meta.url));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watchdog = child;
  // 'exit' reports a pipe that breaks because the watchdog died.
  child.stdin?.on('error', () => undefined);
  child.on('error', () => undefined);
  child.on('exit', () => {
    watchdog = undefined;
    if (running.size > 0) startWatchdog();
  });
  child.unref();
  (child.stdin as Socket).unref();
  for (const record of running.values()) tell(`+ ${JSON.stringify(record)}`);
}

function tell(line: string): void {
  watchdog?.stdin?.write(`${line}\n`);
}
