import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JestReport } from '../jest-report.ts';
import { testRunner } from '../jest-run.ts';
import { type ProgramOptions, runProgram } from '../run-program.ts';
import { changedFiles, commitAll, copyRepository } from './copy.ts';

/** Priority of the programs, and the signal that ends them. */
type How = Pick<ProgramOptions, 'atLowPriority' | 'signal'>;

const words = (command: string) => command.split(' ');

/** Generator runs, each on top of the earlier ones. */
const generated: readonly (readonly string[])[] = [
  words('service price-board --stream board'),
  words('event price-board BoardClosed --stream board'),
  words('decision price-board show-price --event PriceShown --stream board --topic boards --resource boards'),
  words(
    'decision wallet bless-wallet --event WalletBlessed --stream wallet --group status --topic wallets --resource wallets',
  ),
  words('decision app-registry rename-app --event AppRenamed --stream app --topic apps --resource app-names'),
  words('decision identity rename-party --event PartyRenamed --stream party --topic parties --resource parties'),
  words('decision wallet count-lots --event LotsCounted --stream wallet --group quote --topic prices --resource lots'),
  words('refusal wallet bless-wallet ALREADY_BLESSED --event BlessingRefused --stream wallet --group status'),
  words('refusal wallet close-wallet STILL_BLESSED --event ClosureRefused --stream wallet --group status'),
  words('refusal identity rename-party NAME_UNFIT --event RenamingRefused --stream party'),
  words('policy price-board show-price --on app-registry:AppCreated'),
  words('policy wallet bless-wallet --on identity:PartySuspended'),
  words('projection price-board shown-prices --of board'),
  words('projection settlement party-sightings --of identity:party'),
  words('decision settlement reopen-period --event PeriodReopened --stream period --topic periods'),
];

/** Refused runs, with a part of the expected sentence. */
const refused: readonly (readonly [readonly string[], string])[] = [
  [['service', 'wallet', '--stream', 'purse'], 'There is a service wallet already'],
  [words('service boards --stream boards'), 'are both boards'],
  [words('service wallet-lane --stream gauge'), 'has WalletLaneEvent already'],
  [words('service holders --stream hold'), 'has holdEvents already'],
  [words('service shop --stream class'), 'means something else in code'],
  [words('projection wallet count --of status'), 'means something else in code'],
  [
    words('decision wallet chill-wallet --event ChillWallet --stream wallet --topic wallets'),
    'is named as the command',
  ],
  [['service', 'Price Board', '--stream', 'board'], 'is no name'],
  [['service', 'boards', '--stream', 'board'], 'has BoardCreated already'],
  [['service', 'apps', '--stream', 'plate', '--prefix', 'app'], 'choose another --prefix'],
  [words('event wallet WalletBlessed --stream wallet --group status'), 'has WalletBlessed already'],
  [words('event wallet walletTouched --stream wallet --group status'), 'is no name'],
  [words('event purse PurseLost --stream purse'), 'There is no service purse; there are: '],
  [words('event wallet WalletTouched --stream purse'), 'wallet has no kind of stream purse; it has: '],
  [words('event wallet WalletTouched --stream wallet --group purse'), 'There is no group purseEvents'],
  [
    words('decision wallet freeze-wallet --event WalletChilled --stream wallet --topic wallets'),
    'is a decision freeze-wallet already',
  ],
  [words('decision wallet freeze --event WalletChilled --stream wallet --topic wallets'), 'is a single word'],
  [
    words('refusal wallet melt-wallet TOO_COLD --event MeltingRefused --stream wallet --group status'),
    'wallet has no decision melt-wallet',
  ],
  [
    words('refusal wallet bless-wallet ALREADY_BLESSED --event BlessingRefused --stream wallet --group status'),
    'There is a code WALLET.ALREADY_BLESSED already',
  ],
  [words('refusal wallet bless-wallet blessed --event BlessingRefused --stream wallet'), 'is no reason'],
  [words('policy wallet melt-wallet --on identity:PartySuspended'), 'wallet has no decision melt-wallet'],
  [words('policy wallet bless-wallet --on identity:PartyMelted'), 'identity has no event PartyMelted'],
  [words('policy wallet bless-wallet --on identity:PartySuspended'), 'is there already'],
  [words('projection wallet balances --of status'), 'wallet has a projection balances already'],
];

/** Existing specs that must pass with the generated code. */
const specsOfAll = [
  'libs/contracts/src/samples/samples.spec.ts',
  'tools/docs/src/documents.spec.ts',
  'tools/checks/src/documentation/services.spec.ts',
  'libs/contracts/src/refusals.spec.ts',
  'apps/wallet/src/decisions/precedence/precedence.spec.ts',
  ...['identity', 'wallet', 'app-registry'].map((service) => `apps/${service}/src/http/openapi.spec.ts`),
];

/** Sentence of a spec that passes once `npm run docs` has written the schemas of new events. */
const afterDocs = 'the AsyncAPI document has a message for every event, and only references that lead somewhere';

/** Generated tests that fail until the code is filled in: named so, or cases of a new refusal. */
const toFillIn = /(^| )fill in: | is refused for \w+\.(ALREADY_BLESSED|STILL_BLESSED|NAME_UNFIT)$/;

/**
 * Runs each generator in a copy of the repository, and all checks of the result. Faults are a
 * sentence each.
 */
export async function generatorFaults(how: How): Promise<readonly string[]> {
  const folder = copyRepository();
  try {
    const { code, output } = await generate(folder, generated[0]!, how);
    if (code !== 0) return [`generate ${generated[0]!.join(' ')} ended with ${code}: ${output.trim()}`];
    commitAll(folder);
    const ran = await session(folder, [...generated.slice(1), ...refused.map(([args]) => args)], how);
    const faults = [
      ...ranFaults(ran.slice(0, generated.length - 1)),
      ...refusalFaults(ran.slice(generated.length - 1)),
    ];
    if (faults.length > 0) return faults;
    const dirty = await dirtyFaults(folder, how);
    const changed = changedFiles(folder);
    return [...dirty, ...(await cleanFaults(folder, changed, how)), ...(await specFaults(folder, changed, how))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const generate = (folder: string, args: readonly string[], how: How) =>
  run(folder, 'tools/generate/dist/main.js', args, how);

const run = (folder: string, script: string, args: readonly string[], how: How) =>
  runProgram(process.execPath, [join(folder, script), ...args], {
    ...{ cwd: folder, output: 'kept', ...how },
    // Each of them loads the compiler.
    env: { NODE_COMPILE_CACHE: join(folder, 'node_modules/.cache/compiled') },
  });

/** A generator's run, and what it ended with. */
export interface Run {
  readonly args: readonly string[];
  readonly code: number | 'an error';
  readonly output: string;
}

/** Runs generators in one process, which loads the compiler once for all of them. */
async function session(folder: string, runs: readonly (readonly string[])[], how: How): Promise<readonly Run[]> {
  const args = [folder, JSON.stringify(runs)];
  const { code, output } = await run(folder, 'tools/checks/dist/generators/session.js', args, how);
  if (code !== 0) throw new Error(`the generators' session ended with ${code}: ${output.trim()}`);
  return JSON.parse(output) as readonly Run[];
}

const ranFaults = (runs: readonly Run[]): readonly string[] =>
  runs
    .filter(({ code }) => code !== 0)
    .map(({ args, code, output }) => `generate ${args.join(' ')} ended with ${code}: ${output.trim()}`);

const refusalFaults = (runs: readonly Run[]): readonly string[] =>
  refused.flatMap(([args, says], at) => unlessRefused({ ...runs[at]!, args }, says));

function unlessRefused({ args, code, output }: Run, says: string): readonly string[] {
  if (code === 1 && output.includes(says)) return [];
  return [`generate ${args.join(' ')} should be refused with "${says}"; it ended with ${code}: ${output.trim()}`];
}

/** Checks that a file with uncommitted changes is not touched, and that a dry run touches none. */
async function dirtyFaults(folder: string, how: How): Promise<readonly string[]> {
  const args = ['service', 'tea-house', '--stream', 'table'];
  const readme = join(folder, 'README.md');
  const before = readFileSync(readme, 'utf8');
  writeFileSync(readme, `${before}\n`);
  const wrong = unlessRefused({ args, ...(await generate(folder, args, how)) }, 'Commit or stash your changes first');
  const { code } = await generate(folder, [...args, '--dry-run'], how);
  if (code !== 0 || readFileSync(readme, 'utf8') !== `${before}\n`) return [...wrong, 'generate --dry-run writes'];
  writeFileSync(readme, before);
  return wrong;
}

async function cleanFaults(folder: string, changed: readonly string[], how: How): Promise<readonly string[]> {
  const code = changed.filter((path) => path.endsWith('.ts'));
  const formatted = changed.filter((path) => path !== 'package-lock.json');
  const programs: readonly (readonly [string, readonly string[]])[] = [
    ['tools/checks/dist/code-check.js', ['--without-graph', ...code]],
    ['node_modules/knip/bin/knip.js', ['--no-progress']],
    ['node_modules/prettier/bin/prettier.cjs', ['--check', '--log-level', 'warn', ...formatted]],
  ];
  const found = programs.map(async ([script, args]) => {
    const { code: status, output } = await run(folder, script, args, how);
    return status === 0 ? [] : [`what was generated is not clean (${script}):\n${output.trim()}`];
  });
  return (await Promise.all(found)).flat();
}

/** Runs the generated specs: exactly the sentences to fill in fail. */
async function specFaults(folder: string, changed: readonly string[], how: How): Promise<readonly string[]> {
  const specs = changed.filter((path) => path.endsWith('.spec.ts'));
  const report = join(folder, 'report.json');
  const jest = join(folder, 'node_modules/jest/bin/jest.js');
  const args = [
    '--json',
    `--outputFile=${report}`,
    ...['--silent', `--testRunner=${testRunner}`],
    '--maxWorkers=2',
    '--runTestsByPath',
    ...specs,
    ...specsOfAll,
  ];
  const { output } = await runProgram(process.execPath, ['--experimental-vm-modules', jest, ...args], {
    ...{ cwd: folder, output: 'kept', ...how },
    env: { TOKENGRID_HOME: join(folder, 'home'), NODE_OPTIONS: '--disable-warning=ExperimentalWarning' },
  });
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as JestReport;
  const faults: string[] = [];
  for (const { name, assertionResults, message } of testResults) {
    const path = name.slice(folder.length + 1);
    if (assertionResults.length === 0) faults.push(`${path} could not run: ${message}`);
    for (const { fullName, status } of assertionResults) {
      if (fullName === afterDocs) continue;
      const wanted = toFillIn.test(fullName) ? 'failed' : 'passed';
      if (status !== wanted) faults.push(`${path}: "${fullName}" has ${status}, and should have ${wanted}`);
    }
  }
  const missing =
    generated.length -
    testResults.flatMap((file) => file.assertionResults).filter(({ fullName }) => toFillIn.test(fullName)).length;
  if (missing !== 0) faults.push(`each generator should leave one sentence to fill in; ${missing} are missing`);
  return faults.length > 0 ? [...faults, output.slice(-4000)] : [];
}
