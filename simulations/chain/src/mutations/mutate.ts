import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { mutations } from './mutations.ts';

const help = `npm run mutate:chain [-- <options>]

Plants each of a list of mistakes (src/mutations) in metering, the wallet or settlement and runs the simulation against it: every one has
to be found. Ends with 1 where one is not, or does not apply any more.
  --only <text>     only those whose name has it; may be said several times
  --seed <n>        where the simulation begins (default 1)
  --steps <n>       how long it looks for each (default 20000)
  --jobs <n>        how many it looks for at once (default 1)`;

const timeoutMs = 300_000;
const mutant = fileURLToPath(new URL('./mutant.js', import.meta.url));
const print = (line: string) => process.stdout.write(`${line}\n`);

interface Result {
  readonly steps: number;
  readonly found?: string;
}

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [''] },
    seed: { type: 'string', default: '1' },
    steps: { type: 'string', default: '20000' },
    jobs: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
});

/**
 * Runs the simulation with a mistake, or without one.
 * @throws Error for a program that fails otherwise, or never ends
 */
function run(name: string): Promise<Result> {
  return new Promise((resolve, reject) => {
    const args = ['--enable-source-maps', mutant, name, values.seed, values.steps];
    execFile(process.execPath, args, { timeout: timeoutMs, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      if (error) reject(new Error(error.killed ? 'did not end in time' : stderr.trim().slice(-600)));
      else resolve(JSON.parse(stdout) as Result);
    });
  });
}

/** True if the simulation found the mistake, reported in a line. */
async function isFound(name: string): Promise<boolean> {
  try {
    const { steps, found } = await run(name);
    const how = found === undefined ? '' : found.split('\n')[0]!.slice(0, 90);
    print(`${found === undefined ? 'SURVIVED' : 'found   '}  ${name.padEnd(66)} ${String(steps).padStart(6)}  ${how}`);
    return found !== undefined;
  } catch (error) {
    print(`BROKEN    ${name}: ${(error as Error).message}`);
    return false;
  }
}

async function mutate(): Promise<boolean> {
  const nothing = await run('');
  if (nothing.found !== undefined) {
    print(`without any mistake the simulation finds: ${nothing.found}`);
    return false;
  }
  print(`result    ${'mistake'.padEnd(65)}  steps  how it was found`);
  const left = mutations.filter(({ name }) => values.only.some((text) => name.includes(text)));
  const all = left.length;
  let found = 0;
  const work = async () => {
    for (let next = left.shift(); next; next = left.shift()) if (await isFound(next.name)) found += 1;
  };
  await Promise.all(Array.from({ length: Math.max(1, Number(values.jobs)) }, work));
  print(`${found} of ${all} mistakes were found; without one, ${nothing.steps} steps were as they have to be`);
  return found === all;
}

if (values.help) print(help);
else process.exitCode = (await mutate()) ? 0 : 1;
