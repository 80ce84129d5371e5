import { afterEach, describe, expect, it } from '@jest/globals';
import { checkWherePossible, NotHere, runSteps, type Step } from './step.ts';

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

describe('steps', () => {
  const step = (name: string, mayRunBesideOthers = false, fillsIdleTime = false): Step => ({
    ...{ name, group: 'checks', holds: '', mayRunBesideOthers, fillsIdleTime },
    run: () => Promise.reject(new Error('not used')),
  });
  const filling = (name: string) => step(name, false, true);
  const trace = async (steps: readonly Step[], aborted = new AbortController()) => {
    const seen: string[] = [];
    const given = await runSteps(
      steps,
      async ({ name }) => {
        seen.push(`+${name}`);
        await new Promise((resolve) => setImmediate(resolve));
        if (name === 'abort') aborted.abort();
        seen.push(`-${name}`);
        return name;
      },
      aborted.signal,
    );
    return { seen: seen.join(' '), given };
  };

  it('run one after the other, and two at a time where they may', async () =>
    expect(
      await trace([step('build'), step('a', true), step('b', true), step('c', true), step('specs'), step('e2e')]),
    ).toEqual({
      seen: '+build -build +a +b -a +c -b -c +specs -specs +e2e -e2e',
      given: ['build', 'a', 'b', 'c', 'specs', 'e2e'],
    }));

  it('fill idle time one at a time beside any other, and delay none', async () =>
    expect(await trace([step('specs'), filling('x'), filling('y'), step('a', true), step('e2e')])).toEqual({
      seen: '+specs +x -specs +a -x +y -a +e2e -y -e2e',
      given: ['specs', 'x', 'y', 'a', 'e2e'],
    }));

  it('do not begin after an abort', async () =>
    expect(await trace([step('abort'), step('a', true)])).toEqual({ seen: '+abort -abort', given: ['abort'] }));
});
