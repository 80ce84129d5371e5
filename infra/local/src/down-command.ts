import { parseFlags } from './command-options.ts';
import { say } from './console-output.ts';
import { existsSync } from 'node:fs';
import { resolveHome } from './home.ts';
import { stillRuns } from './process-identity.ts';
import { removeRunFile } from './run-file.ts';
import { endLeftovers, lockHolder } from './supervisor-lock.ts';

const help = `down: stops the stack of this home and waits until it has ended. The data stays.

  --help                 this text`;

/** Longer than the sum of all parts' time limits. */
const stopTimeoutMs = 60_000;
const pollMs = 50;

/** `down`: stops the home's stack, if one runs. */
export async function down(args: readonly string[]): Promise<number> {
  if (parseFlags(args, ['help']).help) {
    console.log(help);
    return 0;
  }
  const home = resolveHome();
  say((await stopHome(home)) ? `the stack in ${home} is stopped` : `no stack runs in ${home}`);
  return 0;
}

/** Stops the stack of a home, and the leftovers of a killed one. False without one. */
export async function stopHome(home: string): Promise<boolean> {
  if (!existsSync(home)) return false;
  const holder = lockHolder(home);
  if (holder) {
    say(`stopping the stack in ${home} (pid ${holder.pid})`);
    process.kill(holder.pid, 'SIGTERM');
    const deadline = Date.now() + stopTimeoutMs;
    while (stillRuns(holder)) {
      if (Date.now() > deadline) process.kill(holder.pid, 'SIGKILL');
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }
  await endLeftovers(home, say);
  removeRunFile(home);
  return holder !== undefined;
}
