import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transformSync } from '@swc/core';
import { mutated, mutations, repository } from './mutations.ts';
import type { Simulated } from '../simulate.ts';

/**
 * The program that `npm run mutate:chain` runs for each mutation:
 * `mutant.js <name> <seed> <steps>`. Modules come from the build, except the mutated ones, which
 * are compiled from their changed source when loaded: no file is touched. Prints the violation
 * found.
 */
const [name, seed, steps] = process.argv.slice(2);
const mutation = mutations.find((each) => each.name === name);
const changed = new Map(mutation?.edits.map(({ file }) => [builtAs(file), file]));

function builtAs(file: string): string {
  const built = file.replace('/src/', '/dist/').replace(/\.ts$/, '.js');
  return pathToFileURL(join(repository, built)).href;
}

registerHooks({
  load: (url, context, nextLoad) => {
    const file = changed.get(url);
    if (!mutation || file === undefined) return nextLoad(url, context);
    const { code } = transformSync(mutated(mutation, file), {
      filename: join(repository, file),
      configFile: join(repository, '.swcrc'),
    });
    return { format: 'module', source: code, shortCircuit: true };
  },
});

const { simulate } = await import('../simulate.ts');
const { found, ...ran }: Simulated = await simulate(Number(seed), Number(steps));
process.stdout.write(`${JSON.stringify({ ...ran, found: found?.violation.message })}\n`);
process.exit(0);
