import { down } from './down-command.ts';
import { reset } from './reset-command.ts';
import { start } from './start-command.ts';
import { up } from './up-command.ts';

/** A command of the embedded stack: its arguments → exit code. */
type Command = (args: readonly string[]) => Promise<number>;

const commands: Readonly<Record<string, Command>> = { up, down, reset, start };

/**
 * Runs `up`, `down`, `reset` or `start` with its arguments and resolves with the exit code.
 * Failures go to standard error as a sentence for the user; `--help` after a command describes it.
 */
export async function runCommand([name = '', ...args]: readonly string[]): Promise<number> {
  const command = commands[name];
  if (!command) {
    console.error(`Unknown command "${name}"; the commands are: ${Object.keys(commands).join(', ')}. Each has --help.`);
    return 2;
  }
  try {
    return await command(args);
  } catch (error) {
    console.error(`\n${(error as Error).message}`);
    return 1;
  }
}
