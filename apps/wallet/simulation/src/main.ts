import { parseArgs } from 'node:util';
import { type Found, historyLength, simulate, type Simulated } from './simulate.ts';

const help = `npm run simulate [-- <options>]

Lets random histories of the wallet happen, with crashes, repeats and clocks that jump, and compares every event with the
reference model. The same seed is the same history.
  --seed <n>        the first history's seed; the next ones follow it (default 1)
  --commands <n>    commands in all (default 1000000)
  --history <n>     commands of one history (default ${historyLength}); memory grows with it, and not with how many there are
  --reached         prints what happened, and how often: each type of event, and each refusal`;

/** Exit code for a violation; any other failure is not the wallet's. */
const foundCode = 3;
const tellEveryMs = 5000;
const print = (line: string) => process.stdout.write(`${line}\n`);

function report({ seed, violation, events }: Found): void {
  print(`found with seed ${seed}: ${violation.message}`);
  print(`the last events there:\n  ${events.join('\n  ')}`);
  if (violation.cause instanceof Error) print(String(violation.cause.stack));
  print(`run it again with: npm run simulate -- --seed ${seed} --commands 1 --history ${values.history}`);
}

/** Prints the progress at intervals. */
function progress() {
  const started = performance.now();
  let told = started;
  return ({ commands, sent, events, histories }: Simulated, last: boolean) => {
    const now = performance.now();
    if (!last && now - told < tellEveryMs) return;
    told = now;
    const rate = Math.floor(commands / ((now - started) / 1000));
    print(
      `${commands} commands (sent ${sent} times), ${events} events, ${histories} histories; ${rate} commands a second`,
    );
  };
}

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    commands: { type: 'string', default: '1000000' },
    history: { type: 'string', default: String(historyLength) },
    reached: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  print(help);
} else {
  const tell = progress();
  const simulated = await simulate(
    Number(values.seed),
    Number(values.commands),
    (so) => tell(so, false),
    Number(values.history),
  );
  tell(simulated, true);
  if (values.reached) for (const [what, times] of [...simulated.reached].sort()) print(`${times}\t${what}`);
  if (simulated.found) report(simulated.found);
  else print('every event was as it has to be');
  process.exit(simulated.found ? foundCode : 0);
}
