import { down } from './down-command.ts';
import { reset } from './reset-command.ts';
import { start } from './start-command.ts';
import { up } from './up-command.ts';

/** A command of the embedded stack: what follows its name on the command line → exit code. */
type Command = (args: readonly string[]) => Promise<number>;

const commands: Readonly<Record<string, Command>> = { up, down, reset, start };

/**
 * Runs `up`, `down`, `reset` or `start` with its arguments and resolves with the exit code. What goes wrong is told on
 * standard error in a sentence for the user; `--help` after a command says what it does and takes.
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
