import { parseArgs } from 'node:util';
import { type Found, simulate, type Simulated, type Simulation } from './simulate.ts';

/** A simulation as a program of the command line. */
export interface SimulationProgram {
  /** How it is started: `npm run …`. */
  readonly command: string;
  /** What it does, in lines. */
  readonly about: string;
  /** Default number of units in all. */
  readonly most: number;
}

/** Exit code for a violation; any other failure is not that of the simulated program. */
const foundCode = 3;
const tellEveryMs = 5000;
const print = (line: string) => process.stdout.write(`${line}\n`);

/** Runs a simulation with the options of the command line, and ends the process. */
export async function runSimulation<Unit extends string>(
  simulation: Simulation<Unit>,
  program: SimulationProgram,
): Promise<void> {
  const { unit, historyLength } = simulation;
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      [unit as string]: { type: 'string', default: String(program.most) },
      history: { type: 'string', default: String(historyLength) },
      reached: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void print(helpOf(simulation, program));
  const tell = progress(unit);
  const [seed, most, history] = [values.seed, values[unit], values.history].map(Number) as [number, number, number];
  const simulated = await simulate(simulation, seed, most, (so) => tell(so, false), history);
  tell(simulated, true);
  if (values.reached) for (const [what, times] of [...simulated.reached].sort()) print(`${times}\t${what}`);
  if (simulated.found) report(simulated.found, `${program.command} -- --${unit} 1 --history ${history}`);
  else print('every event was as it has to be');
  process.exit(simulated.found ? foundCode : 0);
}

const helpOf = (
  { unit, historyLength }: Simulation<string>,
  { command, about, most }: SimulationProgram,
) => `${command} [-- <options>]

${about}
  --seed <n>        the first history's seed; the next ones follow it (default 1)
  ${`--${unit} <n>`.padEnd(18)}${unit} in all (default ${most})
  --history <n>     ${unit} of one history (default ${historyLength}); memory grows with it, and not with how many there are
  --reached         prints what happened, and how often`;

function report({ seed, violation, events }: Found, again: string): void {
  print(`found with seed ${seed}: ${violation.message}`);
  print(`the last events there:\n  ${events.join('\n  ')}`);
  if (violation.cause instanceof Error) print(String(violation.cause.stack));
  print(`run it again with: ${again} --seed ${seed}`);
}

/** Prints the progress at intervals. */
function progress<Unit extends string>(unit: Unit) {
  const started = performance.now();
  let told = started;
  return ({ counts }: Simulated<Unit>, last: boolean) => {
    const now = performance.now();
    if (!last && now - told < tellEveryMs) return;
    told = now;
    const sums = Object.entries<number>(counts).map(([what, sum]) => `${sum} ${what}`);
    print(`${sums.join(', ')}; ${Math.floor(counts[unit] / ((now - started) / 1000))} ${unit} a second`);
  };
}
