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
    [
      'a wide comment',
      'a.ts',
      `const wide = '${'x'.repeat(120)}';\n/** ${'µ'.repeat(93)} */\n  // ${'µ'.repeat(96)}\n`,
      'a.ts:3: a comment line of more than 100 columns',
    ],
    [
      'a tag that a line hides',
      'a.ts',
      '/** Reads. @throws Error */\n/**\n * Writes. @throws\n * Error\n */\n',
      'a.ts:3: a tag in the middle of a line: it begins one of its own',
    ],
    ['a long file', 'scripts/a.mjs', 'x\n'.repeat(401), 'scripts/a.mjs: 401 lines; the limit is 400'],
    ['a file that nobody uses', 'libs/kernel/src/left.ts', '', 'libs/kernel/src/left.ts: unused file'],
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

  it.each([
    ['is fine where it says what happened and what is done', 'when-tokens-sent-receive-tokens', []],
    [
      'says what happened',
      'when-tokens-arrive-receive-tokens',
      ['the name of this policy begins with when-tokens-sent-'],
    ],
    [
      'says what is done',
      'when-tokens-sent-take-them',
      ['the name of this policy ends with a command, but no file is take-them.ts'],
    ],
  ])('knows that the name of a policy %s', (_, name, faults) => {
    const text = `@Policy({ name: 'when-tokens-sent-receive-tokens', on: ['TokensSent'] })
      export class WhenTokensSentReceiveTokens {}`;
    const path = `apps/wallet/src/policies/${name}.ts`;
    const files = [
      { path, text },
      { path: 'apps/wallet/src/main.ts', text: `import './${name}.ts'; import './receive-tokens.ts';` },
      { path: 'apps/wallet/src/decisions/transfers/receive-tokens.ts', text: '' },
    ];
    expect(tidiness(files)).toEqual(faults.map((fault) => `${path}: ${fault}`));
  });

  it('knows a policy whose class or subscriber has another name, or that lists several events', () => {
    const path = 'apps/wallet/src/policies/when-tokens-sent-or-tokens-given-receive-tokens.ts';
    const others = [
      { path: 'apps/wallet/src/main.ts', text: `import './${path}'; import './receive-tokens.ts';` },
      { path: 'apps/wallet/src/decisions/transfers/receive-tokens.ts', text: '' },
    ];
    const faultsOf = (text: string) => tidiness([{ path, text }, ...others]);
    const on = "on: ['TokensSent', 'TokensGiven']";
    const named = "name: 'when-tokens-sent-or-tokens-given-receive-tokens'";
    const itsClass = 'export class WhenTokensSentOrTokensGivenReceiveTokens {}';
    expect(faultsOf(`{ ${named}, ${on} } ${itsClass}`)).toEqual([]);
    expect(faultsOf(`{ ${named}, ${on} } export class Receiving {}`)).toEqual([
      `${path}: the class of this policy is WhenTokensSentOrTokensGivenReceiveTokens`,
    ]);
    expect(faultsOf(`{ name: 'receiving', ${on} } ${itsClass}`)).toEqual([
      `${path}: the subscriber of this policy is 'when-tokens-sent-or-tokens-given-receive-tokens'`,
    ]);
    expect(faultsOf(itsClass)).toEqual([`${path}: a policy lists its events after \`on:\``]);
  });

  it('knows a policy of many events by its own words, and by its command', () => {
    const on = "on: ['TokensSent', 'TokensGiven', 'TokensGranted', 'TokensBought', 'TokensReturned']";
    const faultsOf = (name: string, itsClass: string) =>
      tidiness([
        {
          path: `apps/wallet/src/policies/${name}.ts`,
          text: `{ name: '${name}', ${on} } export class ${itsClass} {}`,
        },
        { path: 'apps/wallet/src/main.ts', text: `import './${name}.ts'; import './receive-tokens.ts';` },
        { path: 'apps/wallet/src/decisions/transfers/receive-tokens.ts', text: '' },
      ]);
    expect(faultsOf('when-tokens-came-receive-tokens', 'WhenTokensCameReceiveTokens')).toEqual([]);
    expect(faultsOf('when-tokens-came-take-them', 'WhenTokensCameTakeThem')).toHaveLength(1);
  });
});
