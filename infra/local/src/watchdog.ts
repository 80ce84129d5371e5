import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { ProcessRecord } from './process-identity.ts';

const running = new Map<number, ProcessRecord>();
let watchdog: ChildProcess | undefined;

/** From now on this process does not outlive us, however we end. */
export function guard(record: ProcessRecord): void {
  running.set(record.pid, record);
  if (watchdog) tell(`+ ${JSON.stringify(record)}`);
  else startWatchdog();
}

/** The process has ended; its pid may be someone else's by now. */
export function unguard(pid: number): void {
  if (running.delete(pid)) tell(`- ${pid}`);
}

/** One watchdog per supervising process, started with the first part and again should someone end it. */
function startWatchdog(): void {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  const script = fileURLToPath(new URL(`./watchdog-main${extension}`, import.meta.url));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watchdog = child;
  // A pipe that breaks because the watchdog died is told by 'exit'.
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
