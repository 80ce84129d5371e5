import { fileURLToPath } from 'node:url';
import { CommanderError } from 'commander';
import { Failure } from './failure.ts';
import { generators } from './program.ts';

/** The repository's top folder: `src` and `dist` are equally far from it. */
const root = fileURLToPath(new URL('../../../', import.meta.url));

try {
  await generators(root).parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else if (error instanceof Failure) {
    console.error(error.message);
    process.exitCode = 1;
  } else throw error;
}
