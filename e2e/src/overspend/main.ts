import { parseArgs } from 'node:util';
import { Tokengrid } from '../api/tokengrid.ts';
import { round } from './rounds.ts';
import { good, kinds } from './trials.ts';

const help = `npm run prove:overspend [-- <options>]

Many callers at once want what there is enough of for exactly ${good}: over HTTP, against two processes of the wallet, then again while one of
them is killed and callers ask again with their keys. Ends with 1 unless exactly ${good} succeed, every time.
  --rounds <n>      rounds of each (default 20)
  --callers <n>     callers in each round (default 500)
  --only <text>     only what has it in its name`;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    callers: { type: 'string', default: '500' },
    only: { type: 'string', default: '' },
    help: { type: 'boolean', default: false },
  },
});
const print = (line: string) => process.stdout.write(`${line}\n`);
const row = (cells: readonly (string | number)[]) =>
  print(cells.map((cell, index) => (index === 0 ? String(cell).padEnd(34) : String(cell).padStart(12))).join(''));

/** Runs all rounds of one kind; @returns whether all of them succeeded */
async function prove(grid: Tokengrid, name: string, kills: boolean, rounds: number, callers: number): Promise<boolean> {
  const kind = kinds.find((each) => each.name === name)!;
  let exact = 0;
  let milliseconds = 0;
  const complaints: string[] = [];
  for (let count = 1; count <= rounds; count++) {
    const went = await round(grid, kind, callers, kills);
    milliseconds += went.milliseconds;
    if (went.complaints.length === 0) exact += 1;
    complaints.push(...went.complaints.map((complaint) => `  round ${count}: ${complaint}`));
  }
  row([name, kills ? 'SIGKILL' : 'none', rounds, exact, Math.floor(milliseconds / rounds)]);
  for (const complaint of complaints) print(complaint);
  return exact === rounds;
}

async function proveAll(): Promise<boolean> {
  const [rounds, callers] = [Number(values.rounds), Number(values.callers)];
  print(`${callers} callers at once, enough for ${good}; two processes of the wallet`);
  const grid = await Tokengrid.start();
  try {
    await grid.openForBusiness();
    row(['what', 'killed', 'rounds', 'exact', 'ms a round']);
    let all = true;
    for (const { name } of kinds.filter((each) => each.name.includes(values.only))) {
      for (const kills of [false, true]) all = (await prove(grid, name, kills, rounds, callers)) && all;
    }
    print(all ? `every time exactly ${good} succeeded` : 'not every round went as it has to');
    return all;
  } finally {
    await grid.stop();
  }
}

if (values.help) print(help);
else process.exitCode = (await proveAll()) ? 0 : 1;
