import { relative } from 'node:path';
import { root } from './root.ts';

/** Fields used from a jest reporter's results. */
interface FileResult {
  readonly testFilePath: string;
  readonly numPassingTests: number;
  readonly numFailingTests: number;
  readonly failureMessage?: string | null;
  readonly testExecError?: unknown;
  readonly perfStats: { readonly start: number; readonly end: number };
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
    const { numPassingTests, numFailingTests, failureMessage, testExecError, perfStats } = result;
    const failed = numFailingTests > 0 || testExecError !== undefined;
    const seconds = ((perfStats.end - perfStats.start) / 1000).toFixed(1);
    const counts = failed ? `${numPassingTests} passed, ${numFailingTests} failed` : `${numPassingTests} passed`;
    const place = `[${++this.done}/${this.total}]`;
    console.log(`  ${failed ? '✗' : '✓'} ${place} ${relative(root, result.testFilePath)} (${counts}, ${seconds} s)`);
    if (failed && failureMessage) console.log(failureMessage.replace(/^/gm, '    '));
  }
}
