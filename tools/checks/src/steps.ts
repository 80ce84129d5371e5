import { openAiSdkFaults } from './clients/openai-sdk.ts';
import { pythonClientFaults } from './clients/python-clients.ts';
import { typescriptClientFaults } from './clients/typescript-clients.ts';
import { commitFaults, newCommits, projectNames } from './commits.ts';
import { contractFaults, declaredContracts, releasedContracts } from './contracts/released.ts';
import { verifierFaults } from './documentation/chain-verifier.ts';
import { ownDependencyFaults } from './dependencies.ts';
import { focusFaults } from './documentation/focus-validator.ts';
import { documentationFaults } from './documentation/documentation.ts';
import { generatorFaults } from './generators/generators.ts';
import { jestRun } from './jest-run.ts';
import { programCheck } from './program-check.ts';
import { readProjectGraph, wrongEdges } from './project-graph.ts';
import { chosenSpecs } from './chosen-specs.ts';
import { type SpecFiles, specFiles } from './spec-files.ts';
import { root } from './root.ts';
import { check, checkWherePossible, type Step } from './step.ts';
import { textFiles } from './tidy/text-files.ts';
import { tidiness } from './tidy/tidiness.ts';

/**
 * Specs that words name. Those of pure code run from source; the others need a build first.
 * @throws RangeError for a word without a spec
 */
export function namedSteps(words: readonly string[]): readonly Step[] {
  const chosen = chosenSpecs(words, specFiles());
  const starts = [chosen.onServers, chosen.onOwnServers, chosen.onStacks].some((files) => files.length > 0);
  const prepare = programCheck('build', 'every project builds', 'infra/local/bootstrap.mjs', ['prepare']);
  const kinds = Object.keys(runs) as (keyof SpecFiles)[];
  return [
    ...(starts ? [prepare] : []),
    ...kinds.filter((kind) => chosen[kind].length > 0).map((kind) => runs[kind](chosen[kind])),
  ];
}

const oneByOne = ['--runInBand'];
const atOnce = (files: readonly string[]) => (files.length > 1 ? ['--maxWorkers=2'] : oneByOne);

/** A run of jest for each kind of spec, in order. */
const runs = {
  pure: (files) => jestRun('specs', 'specs', 'every spec passes', files, atOnce(files)),
  onServers: (files) =>
    jestRun('servers', 'specs', 'every spec on a real Kafka or Postgres passes', files, atOnce(files)),
  simulations: (files, atLowPriority = false) =>
    jestRun('simulations', 'specs', 'every simulation agrees with its model', files, oneByOne, atLowPriority),
  onOwnServers: (files) =>
    jestRun('outages', 'specs', 'every spec that breaks a Kafka or Postgres passes', files, oneByOne),
  onStacks: (files) => jestRun('e2e', 'e2e', 'the embedded stack and the tests on it pass', files, atOnce(files)),
} satisfies Record<keyof SpecFiles, (files: readonly string[], atLowPriority?: boolean) => Step>;

/**
 * All steps of `npm test`, in order: the quick and telling ones first.
 *
 * @param yielding true if those that only compute yield to others, which run as well
 */
export function allSteps(yielding: boolean): readonly Step[] {
  return [
    programCheck('build', 'every project builds', 'node_modules/nx/dist/bin/nx.js', [
      ...['run-many', '-t', 'build', '--outputStyle=static'],
    ]),
    check('graph', 'no service depends on another', async (signal) => wrongEdges(await readProjectGraph(signal))),
    ...readingSteps(),
    ...specSteps(specFiles(), yielding),
  ];
}

/** Runs of all specs. What only computes fills the time in which others wait for servers. */
function specSteps(files: SpecFiles, atLowPriority: boolean): readonly Step[] {
  const { pure, onServers, simulations, onOwnServers, onStacks } = files;
  const generated = 'generated code compiles, is clean, and fails in the sentences to fill in';
  return [
    runs.pure(pure),
    runs.onServers(onServers),
    fillingIdleTime(check('generators', generated, (signal) => generatorFaults({ signal, atLowPriority }))),
    fillingIdleTime(runs.simulations(simulations, atLowPriority)),
    runs.onOwnServers(onOwnServers),
    runs.onStacks(onStacks),
    ofStacks(
      checkWherePossible('openai', 'the SDK of OpenAI for Python works unchanged at the gateway', openAiSdkFaults),
    ),
  ];
}

const ofStacks = (step: Step): Step => ({ ...step, group: 'e2e' });
const besideOthers = (step: Step): Step => ({ ...step, mayRunBesideOthers: true });
const fillingIdleTime = (step: Step): Step => ({ ...step, fillsIdleTime: true });

/** Checks that change nothing, the longest first: they run beside each other. */
function readingSteps(): readonly Step[] {
  const steps = [
    programCheck('code', 'the code type-checks, and ESLint finds nothing', 'tools/checks/dist/code-check.js', []),
    checkWherePossible('python', 'Python clients can be generated from every OpenAPI document', pythonClientFaults),
    programCheck('unused', 'no export, file or package is there that nobody uses', 'node_modules/knip/bin/knip.js', [
      '--no-progress',
    ]),
    programCheck('format', 'every file is formatted', 'node_modules/prettier/bin/prettier.cjs', [
      ...['--check', '--log-level', 'warn', '.'],
    ]),
    programCheck('docs', 'the generated documents are up to date', 'tools/docs/dist/main.js', ['--check']),
    check('contracts', 'no released event has changed incompatibly', () =>
      Promise.resolve(contractFaults(releasedContracts(), declaredContracts())),
    ),
    check('tidy', 'tidy: no markers, skipped tests, dead or long files, paths of one machine', () =>
      Promise.resolve(tidiness(textFiles())),
    ),
    check('dependencies', 'a production install has what services import, and nothing else', () =>
      Promise.resolve(ownDependencyFaults(textFiles())),
    ),
    check('readers', 'every link and command in the documentation exists', (signal) =>
      documentationFaults(textFiles(), signal),
    ),
    checkWherePossible('verifier', 'the Python verifier of docs/events.md detects a broken chain', () =>
      Promise.resolve().then(verifierFaults),
    ),
    checkWherePossible('focus', 'focus-validator accepts the exported charges, and no broken ones', focusFaults),
    check(
      'clients',
      'TypeScript clients can be generated from every OpenAPI document, and type-check',
      typescriptClientFaults,
    ),
    checkWherePossible('commits', 'new commits have a short subject, one concern and a body', async (signal) =>
      commitFaults(await newCommits(root, signal), projectNames(root)),
    ),
  ];
  return steps.map(besideOthers);
}
