import { afterEach, describe, expect, it } from '@jest/globals';
import { checkWherePossible, NotHere } from './step.ts';

const { signal } = new AbortController();
const ci = process.env['CI'];
afterEach(() => {
  if (ci === undefined) delete process.env['CI'];
  else process.env['CI'] = ci;
});

describe('a check that cannot be made here', () => {
  const step = checkWherePossible('python', 'clients come of it', () =>
    Promise.reject(new NotHere('there is no python3')),
  );

  it('counts as neither, and is named', async () => {
    delete process.env['CI'];
    expect(await step.run(signal)).toMatchObject({ passed: 0, failed: 0, notRun: 'python: there is no python3' });
  });

  it('fails in CI', async () => {
    process.env['CI'] = 'true';
    await expect(step.run(signal)).rejects.toThrow('there is no python3');
  });
});

describe('a check that can be made here', () => {
  it('passes without faults', async () =>
    expect(await checkWherePossible('python', 'it', () => Promise.resolve([])).run(signal)).toEqual({
      ...{ passed: 1, failed: 0, failures: [] },
    }));
});
