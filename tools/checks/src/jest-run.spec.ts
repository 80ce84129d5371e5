import { describe, expect, it } from '@jest/globals';
import { tallyOf } from './jest-run.ts';
import { root } from './root.ts';

const report = (...testResults: object[]) => {
  const results = testResults as { assertionResults: { status: string }[] }[];
  const statuses = results.flatMap(({ assertionResults }) => assertionResults.map(({ status }) => status));
  const count = (wanted: string) => statuses.filter((status) => status === wanted).length;
  return JSON.stringify({ numPassedTests: count('passed'), numFailedTests: count('failed'), testResults });
};
const file = (status: string, ...assertionResults: object[]) => ({
  name: `${root}a.spec.ts`,
  status,
  message: '',
  assertionResults,
});

describe('a run of jest counts', () => {
  it('its tests', () =>
    expect(
      tallyOf(
        'specs',
        1,
        report(file('failed', { fullName: 'b', status: 'failed' }, { fullName: 'c', status: 'passed' })),
      ),
    ).toEqual({ passed: 1, failed: 1, failures: ['a.spec.ts: b'] }));

  it('a file that could not run as failed', () =>
    expect(tallyOf('specs', 1, report(file('failed')))).toEqual({
      passed: 0,
      failed: 1,
      failures: ['a.spec.ts: could not run'],
    }));

  it('a test that was not run as failed', () =>
    expect(tallyOf('specs', 0, report(file('passed', { fullName: 'b', status: 'pending' })))).toEqual({
      passed: 0,
      failed: 1,
      failures: ['a.spec.ts: b: was not run (pending)'],
    }));

  it('its own end as failed when it says no, or nothing', () => {
    expect(tallyOf('specs', 1, report())).toEqual({ passed: 0, failed: 1, failures: ['specs: jest ended with 1'] });
    expect(tallyOf('specs', 7, undefined).failures).toEqual(['specs: jest ended with 7 and no report']);
  });
});
