import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { deskVariable, openLendingDesk } from '@tokengrid/infra-local';
import { emptyKafka } from './empty-kafka.ts';
import type { JestReport } from './jest-report.ts';
import { root } from './root.ts';
import { runProgram } from './run-program.ts';
import type { Group, Step, Tally } from './step.ts';

/** Built files, because jest loads them. */
const reporter = join(root, 'tools/checks/dist/jest-reporter.js');
const sequencer = join(root, 'tools/checks/dist/longest-first.js');
/** Runner of each spec file. */
export const testRunner = join(root, 'tools/checks/dist/one-realm/test-runner.js');

/**
 * A run of jest over some files, which can borrow servers. Its data homes are in a folder that is
 * gone afterwards.
 */
export function jestRun(
  name: string,
  group: Group,
  holds: string,
  paths: readonly string[],
  args: readonly string[],
  atLowPriority = false,
): Step {
  const run = async (signal: AbortSignal): Promise<Tally> => {
    if (paths.length === 0) return { passed: 0, failed: 0, failures: [] };
    const home = await mkdtemp(join(tmpdir(), 'tokengrid-test-'));
    const reportPath = join(home, 'report.json');
    const desk = await openLendingDesk({ home: join(home, 'lent'), empty: emptyKafka });
    try {
      const { code } = await runProgram(
        process.execPath,
        [
          '--experimental-vm-modules',
          '--disable-warning=ExperimentalWarning',
          join(root, 'node_modules/jest/bin/jest.js'),
          ...['--json', `--outputFile=${reportPath}`, `--reporters=${reporter}`, `--testSequencer=${sequencer}`],
          `--testRunner=${testRunner}`,
          ...[...args, '--runTestsByPath', ...paths],
        ],
        {
          env: { TOKENGRID_HOME: join(home, 'home'), [deskVariable]: desk.address },
          ...{ output: 'shown', atLowPriority, signal },
        },
      );
      return tallyOf(name, code, await readFile(reportPath, 'utf8').catch(() => undefined));
    } finally {
      await desk.close();
      await rm(home, { recursive: true, force: true });
    }
  };
  return { name, group, holds, run };
}

/**
 * Counts a report. A file or a test that did not run is a failure: nothing is skipped in silence.
 */
export function tallyOf(name: string, code: number, json: string | undefined): Tally {
  if (json === undefined) return { passed: 0, failed: 1, failures: [`${name}: jest ended with ${code} and no report`] };
  const report = JSON.parse(json) as JestReport;
  const failures: string[] = [];
  for (const file of report.testResults) {
    const path = relative(root, file.name);
    if (file.status === 'failed' && file.assertionResults.length === 0) failures.push(`${path}: could not run`);
    for (const { fullName, status } of file.assertionResults) {
      if (status === 'failed') failures.push(`${path}: ${fullName}`);
      else if (status !== 'passed') failures.push(`${path}: ${fullName}: was not run (${status})`);
    }
  }
  if (failures.length === 0 && code !== 0) failures.push(`${name}: jest ended with ${code}`);
  return { passed: report.numPassedTests, failed: failures.length, failures };
}
