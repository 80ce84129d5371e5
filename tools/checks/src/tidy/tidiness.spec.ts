import { describe, expect, it } from '@jest/globals';
import { tidiness } from './tidiness.ts';

const marker = ['TO', 'DO'].join('');
const skipped = ['it', 'skip'].join('.');
const machine = ['', 'work', 'main', 'x'].join('/');

describe('tidiness', () => {
  it('has nothing against files that are as they should be', () =>
    expect(
      tidiness([
        { path: 'libs/kernel/src/index.ts', text: "export { fold } from './fold.ts';\n" },
        { path: 'libs/kernel/src/fold.ts', text: '/** See https://example.org/work/1. */\nexport const fold = 1;\n' },
        { path: 'libs/kernel/src/fold.spec.ts', text: "it('folds', () => undefined);\n" },
        { path: 'docs/long.md', text: 'a line\n'.repeat(1000) },
      ]),
    ).toEqual([]));

  it.each([
    ['a marker', 'README.md', `ok\n${marker}: later\n`, 'README.md:2: a marker for later: do it, or open an issue'],
    [
      'a skipped test',
      'a.spec.ts',
      `${skipped}('x')`,
      'a.spec.ts:1: a test that is not run, or that keeps others from it',
    ],
    ['a path of one machine', 'a.md', `see '${machine}'`, 'a.md:1: a path that exists on one machine'],
    ['a long file', 'scripts/a.mjs', 'x\n'.repeat(401), 'scripts/a.mjs: 401 lines; 400 are enough for one thing'],
    ['a file that nobody uses', 'libs/kernel/src/left.ts', '', 'libs/kernel/src/left.ts: nobody uses it'],
  ])('finds %s, and says where', (_, path, text, fault) => expect(tidiness([{ path, text }])).toEqual([fault]));

  it('takes a program that another starts by its path for used', () =>
    expect(
      tidiness([
        { path: 'infra/local/src/watchdog-main.ts', text: '' },
        { path: 'infra/local/src/index.ts', text: "spawn('dist/watchdog-main.js')" },
      ]),
    ).toEqual([]));

  it('finds files that import each other, by way of others and by their types, too', () =>
    expect(
      tidiness([
        { path: 'libs/kernel/src/main.ts', text: "import { lane } from './lane.ts';\n" },
        { path: 'libs/kernel/src/lane.ts', text: "import type { Batch } from './work/batch.ts';\n" },
        { path: 'libs/kernel/src/work/batch.ts', text: "export { head } from './head.ts';\n" },
        { path: 'libs/kernel/src/work/head.ts', text: "import type { lane } from '../lane.ts';\n" },
      ]),
    ).toEqual([
      'libs/kernel/src/lane.ts, libs/kernel/src/work/batch.ts, libs/kernel/src/work/head.ts: import each other in a circle',
    ]));
});
