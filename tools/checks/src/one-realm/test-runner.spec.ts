import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JestReport } from '../jest-report.ts';
import { root } from '../root.ts';
import { runProgram } from '../run-program.ts';

const { signal } = new AbortController();
const globals = `import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';`;
const files: Readonly<Record<string, string>> = {
  'shared.ts': 'export const seen: string[] = [];',
  'a.spec.ts': `${globals}
    import { seen } from './shared.ts';
    jest.setTimeout(50);
    it('is first', () => expect(seen.push('a')).toBe(1));
    it('waits in vain', () => new Promise(() => undefined));
    it('rejects unseen', async () => {
      void Promise.reject(new Error('nobody looks'));
      await new Promise((resolve) => setTimeout(resolve, 10));
    });
    it('spies', () => { jest.spyOn(Math, 'random').mockReturnValue(7); expect(Math.random()).toBe(7); });
    it('has other numbers', () => {
      const one: number = 1;
      expect(one).toBe(2);
    });`,
  'b.spec.ts': `${globals}
    import { seen } from './shared.ts';
    describe('the second file', () => {
      beforeAll(() => seen.push('b'));
      it('shares modules', () => expect(seen).toEqual(['a', 'b']));
      it('has time', () => new Promise((resolve) => setTimeout(resolve, 100)));
      it('has no spies', () => expect(Math.random()).not.toBe(7));
      it.each([1, 2])('counts %d', (number) => expect(number).toBeGreaterThan(0));
    });`,
};

/** Tests of a run by name, each with what was said of it. */
let said: ReadonlyMap<string, string>;
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tokengrid-one-realm-')));

beforeAll(async () => {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const config = {
    rootDir: folder,
    testMatch: ['<rootDir>/*.spec.ts'],
    extensionsToTreatAsEsm: ['.ts'],
    testRunner: join(root, 'tools/checks/dist/one-realm/test-runner.js'),
    transform: { '\\.ts$': [join(root, 'node_modules/@swc/jest'), { jsc: { parser: { syntax: 'typescript' } } }] },
  };
  const report = join(folder, 'report.json');
  const args = ['--runInBand', '--json', `--outputFile=${report}`, '--silent', `--config=${JSON.stringify(config)}`];
  await runProgram(
    process.execPath,
    ['--experimental-vm-modules', join(root, 'node_modules/jest/bin/jest.js'), ...args],
    {
      ...{ cwd: folder, output: 'kept', signal },
    },
  );
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as JestReport;
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  said = new Map(
    tests.map(({ fullName, status, failureMessages }) => [fullName, `${status} ${failureMessages.join()}`]),
  );
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('spec files of one process', () => {
  it('share modules, and neither spies nor time limits', () =>
    expect(Object.fromEntries([...said].filter(([name]) => name.startsWith('the second file')))).toEqual({
      'the second file shares modules': 'passed ',
      'the second file has time': 'passed ',
      'the second file has no spies': 'passed ',
      'the second file counts 1': 'passed ',
      'the second file counts 2': 'passed ',
    }));

  it('fail at a line of their source', () =>
    expect(said.get('has other numbers')).toMatch(/^failed [^]*Expected: 2[^]*a\.spec\.ts:13:/));

  it('fail by time limits and by rejections that nobody handles', () => {
    expect(said.get('waits in vain')).toContain('Exceeded timeout of 50 ms');
    expect(said.get('rejects unseen')).toContain('nobody looks');
    expect([said.get('is first'), said.get('spies')]).toEqual(['passed ', 'passed ']);
  });
});
