import { parseArgs } from 'node:util';
import { Tokengrid } from '../api/tokengrid.ts';
import { openSuspended } from './suspended.ts';
import { suspension } from './suspension.ts';

const help = `npm run prove:suspensions [-- <options>]

Suspends an app, and an offer of a model, over and over, while their uses are reported to two processes of metering, a hundred a
second to each; measures from the operator's request until both refuse them, which the list of waiting uses shows. Ends with 1
unless that takes a second at most, 99 of 100 times, and nothing is charged by a process that has refused a use.
  --rounds <n>      suspensions of each (default 50)`;

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '50' }, help: { type: 'boolean', default: false } },
});
const print = (line: string) => process.stdout.write(`${line}\n`);
const mostMs = 1000;

async function prove(): Promise<boolean> {
  const grid = await Tokengrid.start({ metering: 2 });
  try {
    await grid.openForBusiness();
    let all = true;
    for (const suspended of await openSuspended(grid)) {
      const times: number[] = [];
      const complaints: string[] = [];
      let late = 0;
      for (let round = 0; round < Number(values.rounds); round++) {
        const { refusedAfterMs, chargedAfter, complaints: some } = await suspension(grid, suspended);
        times.push(refusedAfterMs);
        late += chargedAfter;
        complaints.push(...some);
      }
      times.sort((one, other) => one - other);
      const at = (share: number) => times[Math.ceil(times.length * share) - 1]!;
      const figures = [0.5, 0.99, 1].map((share) => at(share).toFixed(0)).join(' / ');
      print(`${suspended.name}: ${times.length} suspensions, refused after ${figures} ms (p50 / p99 / most)`);
      print(`  charged though reported after the answer: ${late} uses`);
      for (const complaint of complaints) print(`  ${complaint}`);
      all &&= complaints.length === 0 && at(0.99) <= mostMs;
    }
    return all;
  } finally {
    await grid.stop();
  }
}

if (values.help) print(help);
else process.exitCode = (await prove()) ? 0 : 1;
