import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createHome, homePaths, resolveHome } from './home.ts';
import { readRunFile } from './run-file.ts';
import type { RunFile } from './run-file.ts';
import { followParentVariable } from './stop-signals.ts';
import { summary } from './summary.ts';

const pollMs = 100;

/**
 * Starts a stack in a session of its own, with its output in `logs/up.log`, and returns when it is
 * ready or has failed.
 */
export async function upDetached(args: readonly string[]): Promise<number> {
  const home = resolveHome();
  createHome(home);
  const logPath = join(homePaths(home).logs, 'up.log');
  const log = openSync(logPath, 'w', 0o600);
  const main = fileURLToPath(new URL('./main.js', import.meta.url));
  const env: NodeJS.ProcessEnv = { ...process.env, TOKENGRID_HOME: home };
  delete env[followParentVariable];
  const child = spawn(process.execPath, [main, 'up', ...args], { detached: true, stdio: ['ignore', log, log], env });
  closeSync(log);
  const ended = Promise.withResolvers<undefined>();
  child.once('exit', () => ended.resolve(undefined)).once('error', ended.reject);
  const run = await Promise.race([ended.promise, running(home, child)]);
  child.unref();
  if (!run) {
    console.error(readFileSync(logPath, 'utf8').trim());
    return 1;
  }
  console.log(
    `${summary(run, home)}\n\nRunning in the background (pid ${run.supervisor}, output in ${logPath}). Stop it: npm run down`,
  );
  return 0;
}

/** Run file of this supervisor once it is ready; undefined if it has ended first. */
async function running(
  home: string,
  child: { readonly pid?: number | undefined; readonly exitCode: number | null },
): Promise<RunFile | undefined> {
  while (child.exitCode === null) {
    const run = tryReadRunFile(home);
    if (run && run.supervisor === child.pid) return run;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  return undefined;
}

function tryReadRunFile(home: string): RunFile | undefined {
  try {
    return readRunFile(home);
  } catch {
    return undefined;
  }
}
