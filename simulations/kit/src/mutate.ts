import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { MutantRun } from './mutant.ts';
import type { Mutation } from './planting.ts';

/** The search for planted mistakes as a program of the command line. */
export interface MutationProgram {
  /** How it is started: `npm run …`. */
  readonly command: string;
  /** Where mistakes are planted: “a copy of the wallet”. */
  readonly where: string;
  /** The count that lengths are given in. */
  readonly unit: string;
  /** Default number of units in which a mistake has to be found. */
  readonly most: number;
  /** The program that runs the simulation with one mistake. */
  readonly mutant: URL;
}

/** Runs the simulation with a mistake, by its name. */
type Run = (name: string) => Promise<MutantRun>;

const timeoutMs = 1_200_000;
const print = (line: string) => process.stdout.write(`${line}\n`);

/** Looks for each mistake with the options of the command line; exit code 1 if one is not found. */
export async function runMutations(all: readonly Mutation[], program: MutationProgram): Promise<void> {
  const { unit, mutant } = program;
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true, default: [''] },
      seed: { type: 'string', default: '1' },
      [unit]: { type: 'string', default: String(program.most) },
      jobs: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void print(helpOf(program));
  const chosen = all.filter(({ name }) => values.only!.some((text) => name.includes(text)));
  const run = runner(fileURLToPath(mutant), values.seed!, String(values[unit]));
  const areFound = await mutate(chosen, run, Math.max(1, Number(values.jobs)), unit);
  process.exitCode = areFound ? 0 : 1;
}

const helpOf = ({ command, where, unit, most }: MutationProgram) => `${command} [-- <options>]

Plants each of a list of mistakes (src/mutations) in ${where} and runs the simulation against it: every one
has to be found. Ends with 1 where one is not, or does not apply any more.
  --only <text>     only those whose name has it; may be said several times
  --seed <n>        where the simulation begins (default 1)
  ${`--${unit} <n>`.padEnd(18)}how long it looks for each (default ${most})
  --jobs <n>        how many it looks for at once (default 1)`;

/** @throws Error for a program that fails otherwise than by a violation, or never ends */
const runner =
  (mutant: string, seed: string, most: string): Run =>
  (name) =>
    new Promise((resolve, reject) => {
      const args = ['--enable-source-maps', mutant, name, seed, most];
      execFile(process.execPath, args, { timeout: timeoutMs, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
        if (error) reject(new Error(error.killed ? 'did not end in time' : stderr.trim().slice(-600)));
        else resolve(JSON.parse(stdout) as MutantRun);
      });
    });

async function mutate(all: readonly Mutation[], run: Run, jobs: number, unit: string): Promise<boolean> {
  const nothing = await run('');
  if (nothing.found !== undefined) {
    print(`without any mistake the simulation finds: ${nothing.found}`);
    return false;
  }
  print(`result    ${'mistake'.padEnd(65)} ${unit.padStart(8)}  how it was found`);
  const left = [...all];
  let found = 0;
  const work = async () => {
    for (let next = left.shift(); next; next = left.shift()) if (await isFound(next.name, run)) found += 1;
  };
  await Promise.all(Array.from({ length: jobs }, work));
  print(`${found} of ${all.length} mistakes were found; without one, ${nothing.units} ${unit} were as they have to be`);
  return found === all.length;
}

/** True if the simulation found the mistake, reported in a line. */
async function isFound(name: string, run: Run): Promise<boolean> {
  try {
    const { units, found } = await run(name);
    const how = found === undefined ? '' : found.split('\n')[0]!.slice(0, 90);
    print(`${found === undefined ? 'SURVIVED' : 'found   '}  ${name.padEnd(65)} ${String(units).padStart(8)}  ${how}`);
    return found !== undefined;
  } catch (error) {
    print(`BROKEN    ${name}: ${(error as Error).message}`);
    return false;
  }
}
