import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.ts';
import { runProgram } from '../run-program.ts';
import { NotHere } from '../step.ts';

/** A Python program or library in an environment of its own. */
export interface PythonProgram {
  /** Name of its environment. */
  readonly name: string;
  /** Path of its pinned packages, from the repository's top folder. */
  readonly requirements: string;
}

/** Environment of installed programs: Python keeps what it compiles for the next run. */
export const pythonEnvironment: Readonly<Record<string, string>> = { PYTHONDONTWRITEBYTECODE: '' };

/**
 * Installs a program below `node_modules/.cache`, unless these packages are installed. Returns the
 * folder of the environment's programs.
 * @throws NotHere without a Python with venv, or a source for its packages
 */
export async function installed({ name, requirements }: PythonProgram, signal: AbortSignal): Promise<string> {
  const home = join(root, 'node_modules/.cache', name);
  const programs = join(home, 'bin');
  const [wanted, stamp] = [readFileSync(join(root, requirements), 'utf8'), join(home, 'requirements.txt')];
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return programs;
  const run = (program: string, args: readonly string[]) => runProgram(program, args, { output: 'kept', signal });
  rmSync(home, { recursive: true, force: true });
  const made = await run('python3', ['-m', 'venv', home]).catch(() => ({ code: 1 }));
  if (made.code !== 0) throw new NotHere('python3 with venv is missing; .ci/run installs it');
  // Python compiles what a program imports, which is less than all that is installed.
  const packages = ['install', '--quiet', '--no-compile', '--requirement', join(root, requirements)];
  const { code, output } = await run(join(programs, 'pip'), packages);
  if (code === 0) {
    writeFileSync(stamp, wanted);
    return programs;
  }
  rmSync(home, { recursive: true, force: true });
  throw new NotHere(`pip cannot install ${name}: ${output.trim().split('\n').at(-1)}`);
}
