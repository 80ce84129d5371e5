import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { mutated, type Mutation } from './planting.ts';
import { repository } from './repository.ts';
import { simulate, type Simulation } from './simulate.ts';

/** What a mutant tells `mutate`, as a line of JSON. */
export interface MutantRun {
  readonly units: number;
  /** The violation found, if any. */
  readonly found?: string;
}

/**
 * The program that `mutate` starts for each mutation: `mutant.js <name> <seed> <units>`. Modules
 * come from the build, except the mutated ones, which are compiled from their changed source when
 * loaded: no file is touched.
 * @param load loads the simulation, which no module may have imported before
 */
export async function runMutant<Unit extends string>(
  mutations: readonly Mutation[],
  load: () => Promise<Simulation<Unit>>,
): Promise<void> {
  const [name, seed, most] = process.argv.slice(2);
  const mutation = mutations.find((each) => each.name === name);
  if (mutation) await plant(mutation);
  const simulation = await load();
  const { found, counts } = await simulate(simulation, Number(seed), Number(most));
  const run: MutantRun = { units: counts[simulation.unit], ...(found && { found: found.violation.message }) };
  process.stdout.write(`${JSON.stringify(run)}\n`);
  process.exit(0);
}

/** Plants a mistake in modules that this process has not loaded yet. */
export async function plant(mutation: Mutation): Promise<void> {
  const { transformSync } = await import('@swc/core');
  const changed = new Map(mutation.edits.map(({ file }) => [builtAs(file), file]));
  registerHooks({
    load: (url, context, nextLoad) => {
      const file = changed.get(url);
      if (file === undefined) return nextLoad(url, context);
      const { code } = transformSync(mutated(mutation, file), {
        filename: join(repository, file),
        configFile: join(repository, '.swcrc'),
      });
      return { format: 'module', source: code, shortCircuit: true };
    },
  });
}

function builtAs(file: string): string {
  const built = file.replace('/src/', '/dist/').replace(/\.ts$/, '.js');
  return pathToFileURL(join(repository, built)).href;
}
