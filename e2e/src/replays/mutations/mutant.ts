import { fileURLToPath } from 'node:url';
import type { MutantRun } from '@tokengrid/simulation-kit';
import { Random } from '../../chaos/random.ts';
import { Tokengrid } from '../../api/tokengrid.ts';
import { faults, tellBadly, tellPlainly } from '../proof.ts';
import { unitsOf, type Use, usesOf } from '../script.ts';
import { plantedEnvironment } from './planted.ts';

const sample = fileURLToPath(new URL('../../../../tools/cli/samples/trace.csv', import.meta.url));
const payers = 4;
/** Short: amounts that are wrong stay so. */
const patienceMs = 12_000;

/** The first fault of uses that are told plainly and then badly, if any. */
async function faultOf(grid: Tokengrid, uses: readonly Use[], seed: number): Promise<string | undefined> {
  try {
    const reference = await tellPlainly(grid, uses, payers, patienceMs);
    const [plain] = faults(reference);
    if (plain !== undefined) return `in order: ${plain}`;
    const told = await tellBadly(grid, uses, payers, new Random(seed), patienceMs);
    return faults(told, reference)[0];
  } catch (error) {
    return (error as Error).message;
  }
}

const [name = '', seed, most] = process.argv.slice(2);
const grid = await Tokengrid.start({ metering: 2 }, name === '' ? {} : plantedEnvironment(name));
let found: string | undefined;
let count = 0;
try {
  await grid.openForBusiness();
  const uses = usesOf(await unitsOf(sample, Number(most)), payers, Number(seed));
  count = uses.length;
  found = await faultOf(grid, uses, Number(seed));
} finally {
  await grid.stop();
}
const run: MutantRun = { units: count, ...(found !== undefined && { found }) };
process.stdout.write(`${JSON.stringify(run)}\n`);
