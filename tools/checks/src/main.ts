import { allSteps, namedSteps } from './steps.ts';
import { runSteps, type Step, type Tally } from './step.ts';

const seconds = (sinceMs: number) => `${((Date.now() - sinceMs) / 1000).toFixed(1)} s`;

function help(steps: readonly Step[]): string {
  const list = steps.map(({ name, holds }) => `    ${name.padEnd(12)} ${holds}`).join('\n');
  return `Usage: npm test [-- --only <name>[,<name>…]]
       npm test -- <spec> …

  Runs all checks and tests. The last line is "<n> passed, <n> failed": jest's tests, and each check as one.
  Exit code 0 only if nothing failed.

  <spec>   parts of a path: npm test -- wallet/send-tokens; nothing is built for specs of pure code
  --only   checks (all but jest's), specs, e2e, or any of
${list}`;
}

/** Steps that the arguments choose. @throws RangeError for an argument that chooses nothing */
function chosen(args: readonly string[], steps: readonly Step[]): readonly Step[] {
  if (args.length === 0) return steps;
  if (args.every((arg) => !arg.startsWith('-'))) return namedSteps(args);
  const [option, names, ...rest] = args;
  if (option !== '--only' || names === undefined || rest.length > 0) {
    throw new RangeError(`${args.join(' ')}: unknown arguments; npm test -- --help`);
  }
  const wanted = names.split(',');
  const unknown = wanted.filter((name) => !steps.some((step) => step.name === name || step.group === name));
  if (unknown.length > 0) throw new RangeError(`${unknown.join(', ')}: unknown check; npm test -- --help`);
  return steps.filter(({ name, group }) => wanted.includes(name) || wanted.includes(group));
}

async function runStep(step: Step, signal: AbortSignal): Promise<Tally> {
  const begun = Date.now();
  console.log(`… ${step.name}: ${step.holds}`);
  let tally: Tally;
  try {
    tally = await step.run(signal);
  } catch (error) {
    console.error(error);
    tally = { passed: 0, failed: 1, failures: [`${step.name}: ${(error as Error).message}`] };
  }
  const counted = tally.passed + tally.failed > 1 ? `, ${tally.passed} passed` : '';
  const mark = tally.notRun !== undefined ? '– NOT RUN' : tally.failed === 0 ? '✓' : '✗';
  console.log(`${mark} ${step.name} (${seconds(begun)}${counted})`);
  return tally;
}

function summarize(tallies: readonly Tally[], begun: number): boolean {
  const passed = tallies.reduce((sum, tally) => sum + tally.passed, 0);
  const failed = tallies.reduce((sum, tally) => sum + tally.failed, 0);
  const failures = tallies.flatMap((tally) => tally.failures);
  console.log(failures.length > 0 ? `\nfailed:\n${failures.map((failure) => `  ${failure}`).join('\n')}` : '');
  for (const { notRun } of tallies) if (notRun !== undefined) console.log(`NOT RUN  ${notRun}`);
  console.log(`took ${seconds(begun)}`);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0;
}

async function main(args: readonly string[]): Promise<number> {
  const steps = allSteps(args.length === 0);
  if (args.includes('--help')) {
    console.log(help(steps));
    return 0;
  }
  const toRun = chosen(args, steps);
  const begun = Date.now();
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort());
  const { signal } = interrupted;
  const tallies = [...(await runSteps(toRun, (step) => runStep(step, signal), signal))];
  if (interrupted.signal.aborted) tallies.push({ passed: 0, failed: 1, failures: ['interrupted'] });
  return summarize(tallies, begun) ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof RangeError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
