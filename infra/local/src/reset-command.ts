import { existsSync, readdirSync, rmSync, rmdirSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { parseFlags } from './command-options.ts';
import { say } from './console-output.ts';
import { stopHome } from './down-command.ts';
import { homePaths, resolveHome } from './home.ts';
import { postgresFolder } from './postgres-binaries.ts';
import { releaseLock, takeLock } from './supervisor-lock.ts';

const help = `reset: stops the stack of this home and deletes its data: databases, topics, logs and keys

  --yes                  without a question
  --help                 this text`;

/** `reset`: starts over. Asks first in a terminal. */
export async function reset(args: readonly string[]): Promise<number> {
  const options = parseFlags(args, ['help', 'yes']);
  if (options.help) {
    console.log(help);
    return 0;
  }
  const home = resolveHome();
  if (!existsSync(home)) {
    say(`nothing in ${home}`);
    return 0;
  }
  if (!options.yes && process.stdin.isTTY && !(await confirmed(home))) return 1;
  await stopHome(home);
  deleteData(home);
  say(`deleted the data in ${home}`);
  return 0;
}

/** Deletes a stack's own files in its home, under the home's lock; foreign files stay. */
function deleteData(home: string): void {
  takeLock(home, say);
  const { kafka, logs, payments, postgres, processes, runFile, secrets } = homePaths(home);
  for (const path of [postgresFolder(home), postgres, kafka, logs, payments, secrets, processes, runFile])
    rmSync(path, { recursive: true, force: true });
  releaseLock(home);
  if (readdirSync(home).length === 0) rmdirSync(home);
}

async function confirmed(home: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`Delete all databases, topics, logs and keys in ${home}? [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}
