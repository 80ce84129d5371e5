import { relative } from 'node:path';
import { longFromSeconds, longSpecs } from './longest-first.ts';
import { root } from './root.ts';

/** Fields used from a jest reporter's results. */
interface FileResult {
  readonly testFilePath: string;
  readonly numPassingTests: number;
  readonly numFailingTests: number;
  readonly failureMessage?: string | null;
  readonly testExecError?: unknown;
  readonly perfStats: { readonly start: number; readonly end: number };
  /** Processor time of the spec file's process, without servers. */
  readonly processorMs: number;
}
interface RunResults {
  readonly numTotalTestSuites: number;
}

/** Jest's reporter for `npm test`: a line per finished file, and failures in full. */
export default class JestReporter {
  private done = 0;
  private total = 0;

  onRunStart({ numTotalTestSuites }: RunResults): void {
    this.total = numTotalTestSuites;
  }

  onTestResult(_test: unknown, result: FileResult): void {
    const { numPassingTests, numFailingTests, failureMessage, testExecError, perfStats, processorMs } = result;
    const failed = numFailingTests > 0 || testExecError !== undefined;
    const path = relative(root, result.testFilePath);
    const seconds = (perfStats.end - perfStats.start) / 1000;
    const counts = failed ? `${numPassingTests} passed, ${numFailingTests} failed` : `${numPassingTests} passed`;
    const place = `[${++this.done}/${this.total}]`;
    const times = `${seconds.toFixed(1)} s, processor ${(processorMs / 1000).toFixed(1)} s`;
    console.log(`  ${failed ? '✗' : '✓'} ${place} ${path} (${counts}, ${times})`);
    if (seconds > longFromSeconds && !(path in longSpecs)) console.log(`    is long: name it in longest-first.ts`);
    if (failed && failureMessage) console.log(failureMessage.replace(/^/gm, '    '));
  }
}
