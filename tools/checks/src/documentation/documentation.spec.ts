import { describe, expect, it } from '@jest/globals';
import { unknownCommands, verbsOf } from './commands.ts';
import { brokenLinks } from './links.ts';

const known = { scripts: ['start', 'up'], verbs: ['verify', 'stream'] };
const block = (...lines: string[]) => ['```sh', ...lines, '```', ''].join('\n');

describe('commands in a text', () => {
  it('exist: scripts and verbs', () =>
    expect(
      unknownCommands('a.md', block('npm ci && npm run up -- --help', 'npm start', 'npx tokengrid verify'), known),
    ).toEqual([]));

  it('are told when they do not', () =>
    expect(unknownCommands('a.md', block('npm run down', 'npm test', 'npx tokengrid dance # really'), known)).toEqual([
      'a.md: no such script down, in: npm run down',
      'a.md: no such script test, in: npm test',
      'a.md: tokengrid has no verb dance, in: npx tokengrid dance # really',
    ]));

  it('are read only where a reader is meant to type them', () =>
    expect(unknownCommands('a.md', '`npm run down`\n', known)).toEqual([]));

  it('are compared with what --help lists', () =>
    expect(verbsOf('Usage: tokengrid\n\nOptions:\n  -h\n\nCommands:\n  stream <id>   history\n  verify [x]\n')).toEqual(
      ['stream', 'verify'],
    ));
});

describe('links in a text', () => {
  it('lead somewhere: to files, folders, headings and the outside', () =>
    expect(
      brokenLinks(
        'docs/a.md',
        '# To be `here`\n[a](../package.json) [b](../libs) [c](#to-be-here) [d](https://e.org/f)',
      ),
    ).toEqual([]));

  it('are told when they do not', () =>
    expect(brokenLinks('docs/a.md', '[a](nowhere.md) [b](#nothing)')).toEqual([
      'docs/a.md: broken link to nowhere.md',
      'docs/a.md: broken link to #nothing',
    ]));
});
