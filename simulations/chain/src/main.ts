import { parseArgs } from 'node:util';
import { type Found, historyLength, simulate, type Simulated } from './simulate.ts';

const help = `npm run simulate:chain [-- <options>]

Lets random histories of metering, wallet and settlement happen, from reports to statements, with processes that die,
repeats in other batches, late uses and closings of days, and compares every event with the reference model of the chain.
The same seed is the same history.
  --seed <n>        the first history's seed; the next ones follow it (default 1)
  --steps <n>       steps in all (default 100000)
  --history <n>     steps of one history (default ${historyLength})
  --reached         prints what happened, and how often`;

/** How this program ends when something was found; any other failure is not the chain's. */
const foundCode = 3;
const tellEveryMs = 5000;
const print = (line: string) => process.stdout.write(`${line}\n`);

function report({ seed, violation, events }: Found): void {
  print(`found with seed ${seed}: ${violation.message}`);
  print(`the last events there:\n  ${events.join('\n  ')}`);
  if (violation.cause instanceof Error) print(String(violation.cause.stack));
  print(`run it again with: npm run simulate:chain -- --seed ${seed} --steps 1 --history ${values.history}`);
}

/** Tells now and then how far it has come. */
function progress() {
  const started = performance.now();
  let told = started;
  return ({ steps, events, histories }: Simulated, last: boolean) => {
    const now = performance.now();
    if (!last && now - told < tellEveryMs) return;
    told = now;
    const rate = Math.floor(steps / ((now - started) / 1000));
    print(`${steps} steps, ${events} events, ${histories} histories; ${rate} steps a second`);
  };
}

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    steps: { type: 'string', default: '100000' },
    history: { type: 'string', default: String(historyLength) },
    reached: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  print(help);
} else {
  const tell = progress();
  const [seed, steps, history] = [values.seed, values.steps, values.history].map(Number) as [number, number, number];
  const simulated = await simulate(seed, steps, (so) => tell(so, false), history);
  tell(simulated, true);
  if (values.reached) for (const [what, times] of [...simulated.reached].sort()) print(`${times}\t${what}`);
  if (simulated.found) report(simulated.found);
  else print('every event was as it has to be');
  process.exit(simulated.found ? foundCode : 0);
}
