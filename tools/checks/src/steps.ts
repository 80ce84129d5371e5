import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { contractFaults, declaredContracts, releasedContracts } from './contracts/released.ts';
import { documentationFaults } from './documentation/documentation.ts';
import { jestRun } from './jest-run.ts';
import { programCheck } from './program-check.ts';
import { readProjectGraph, wrongEdges } from './project-graph.ts';
import { root } from './root.ts';
import { check, type Step } from './step.ts';
import { textFiles } from './tidy/text-files.ts';
import { tidiness } from './tidy/tidiness.ts';

/** Projects whose tests start stacks and kill them: one at a time, with the machine to themselves. */
const startStacks = ['infra-local', 'e2e'];

/** All that `npm test` does, in order: what is quick and says most comes first. */
export async function allSteps(): Promise<readonly Step[]> {
  const projects = await jestProjects();
  const apart = projects.filter((name) => startStacks.includes(name));
  const rest = projects.filter((name) => !apart.includes(name));
  return [
    programCheck('build', 'every project builds', 'node_modules/nx/dist/bin/nx.js', [
      ...['run-many', '-t', 'build', '--outputStyle=static'],
    ]),
    check('graph', 'no line runs between two services', async (signal) => wrongEdges(await readProjectGraph(signal))),
    programCheck('types', 'the whole repository type-checks', 'node_modules/typescript/bin/tsc', [
      '-p',
      'tsconfig.json',
    ]),
    programCheck('lint', 'ESLint has nothing to say', 'node_modules/eslint/bin/eslint.js', [
      '.',
      '--max-warnings',
      '0',
    ]),
    programCheck('format', 'every file is formatted', 'node_modules/prettier/bin/prettier.cjs', [
      ...['--check', '--log-level', 'warn', '.'],
    ]),
    programCheck('docs', 'the generated documents are fresh', 'tools/docs/dist/main.js', ['--check']),
    check('contracts', 'no released event has changed so that somebody could not read it', () =>
      Promise.resolve(contractFaults(releasedContracts(), declaredContracts())),
    ),
    check('tidy', 'nothing is left over: markers, skipped tests, dead or long files, paths of one machine', () =>
      Promise.resolve(tidiness(textFiles())),
    ),
    check('readers', 'every link and every command that the documentation shows is there', (signal) =>
      documentationFaults(textFiles(), signal),
    ),
    jestRun('specs', 'every spec passes', rest, ['--maxWorkers=2']),
    jestRun('e2e', 'the embedded stack, and all that is tested on it, holds', apart, ['--runInBand']),
  ];
}

/** Jest's own list, so that a new project is never forgotten here. */
async function jestProjects(): Promise<readonly string[]> {
  const path = join(root, 'jest.config.mjs');
  if (!existsSync(path)) throw new Error(`${path} is missing`);
  const { default: config } = (await import(pathToFileURL(path).href)) as {
    default: { projects: readonly { displayName: string }[] };
  };
  return config.projects.map(({ displayName }) => displayName);
}
