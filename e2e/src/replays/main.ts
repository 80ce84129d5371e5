import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Random } from '../chaos/random.ts';
import { Tokengrid } from '../api/tokengrid.ts';
import { faults, tellBadly, tellPlainly, type Told } from './proof.ts';
import { unitsOf, usesOf } from './script.ts';

const help = `npm run prove:replays [-- <options>]

Tells metering the uses of a trace twice, each time of payers and sellers of their own: once, in order, to one process; then three
times, shuffled, 5 % of them late and 1 % corrected, to two processes of which one at a time is killed. Ends with 1 unless charges,
sums, balances and earnings are the same to the µAIT, and those that the posted prices come to.
  --uses <n>        uses (default 3000)
  --payers <n>      their payers (default 20)
  --rounds <n>      tellings after the one in order (default 2)
  --seed <n>        what chance decides (default: another each time)
  --trace <csv>     TIMESTAMP,ContextTokens,GeneratedTokens (default: the real one beside the repository, else the sample)`;

const { values } = parseArgs({
  options: {
    uses: { type: 'string', default: '3000' },
    payers: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '2' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    trace: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const print = (line: string) => process.stdout.write(`${line}\n`);
const mostFaults = 20;

function someTrace(): string {
  const repository = new URL('../../../', import.meta.url);
  const paths = ['../shared/data/azure-llm-conv-2023.csv', 'tools/cli/samples/trace.csv'];
  const found = paths.map((path) => fileURLToPath(new URL(path, repository))).find((path) => existsSync(path));
  if (found === undefined) throw new Error(`missing file: ${paths.join(', ')}`);
  return found;
}

function show(name: string, told: Told, wrong: readonly string[]): void {
  const seconds = (told.milliseconds / 1000).toFixed(1);
  const how = `${told.found.size} amounts, ${told.kills} kills, ${seconds} s`;
  print(`${name}: ${wrong.length === 0 ? 'the same to the µAIT' : `${wrong.length} differ`} (${how})`);
  for (const fault of wrong.slice(0, mostFaults)) print(`  ${fault}`);
}

async function prove(): Promise<boolean> {
  const [most, payers, rounds, seed] = [values.uses, values.payers, values.rounds, values.seed].map(Number) as [
    number,
    number,
    number,
    number,
  ];
  const uses = usesOf(await unitsOf(values.trace ?? someTrace(), most), payers, seed);
  const late = uses.filter(({ isLate }) => isLate).length;
  const corrected = uses.filter((use) => use.corrected).length;
  print(`seed ${seed}: ${uses.length} uses of ${payers} payers, ${late} of them late, ${corrected} corrected`);
  const grid = await Tokengrid.start({ metering: 2 });
  try {
    await grid.openForBusiness();
    const reference = await tellPlainly(grid, uses, payers);
    let wrong = faults(reference);
    show('once, in order, to one process', reference, wrong);
    for (let round = 1; round <= rounds && wrong.length === 0; round++) {
      const told = await tellBadly(grid, uses, payers, new Random(seed + round));
      wrong = faults(told, reference);
      show(`three times, shuffled, with kills (${round})`, told, wrong);
    }
    return wrong.length === 0;
  } finally {
    await grid.stop();
  }
}

if (values.help) print(help);
else process.exitCode = (await prove()) ? 0 : 1;
