import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { commitFaults, newCommits } from './commits.ts';

const faultsOf = (message: string) => commitFaults([{ id: 'abc', message }], ['wallet', 'event-bus']);

describe('a commit', () => {
  it.each([
    ['one project', 'fix(wallet): a hold ends once\n\nTwo clocks ended it.\n'],
    ['several projects', 'perf(event-bus, wallet)!: fewer waits\n\nEach woke by itself.'],
    ['no project', 'docs: what a lane is\n\nNobody said.\n\nSigned-off-by: A <a@b.c>'],
  ])('is fine with a type, %s, a short subject and a reason', (_, message) => expect(faultsOf(message)).toEqual([]));

  it.each([
    ['a subject of 73 characters', `fix: ${'x'.repeat(68)}\n\nWhy.`, 'the subject has 73 characters; 72 are the most'],
    [
      'a subject without a type',
      'Fixed it\n\nWhy.',
      'the subject is not "type(project): what it does"; types are feat, fix, refactor, perf, test, docs, build, ci, style, revert',
    ],
    ['two concerns', 'fix: this; and that\n\nWhy.', 'the subject names two concerns: make two commits of it'],
    ['an unknown project', 'fix(bank): it\n\nWhy.', 'bank is no project; the scope names Nx projects, or is left out'],
    ['no body', 'fix(wallet): it\n', 'no body says why'],
    ['trailers alone', 'fix(wallet): it\n\nSigned-off-by: A <a@b.c>', 'no body says why'],
    ['a body that is no paragraph of its own', 'fix(wallet): it\nbecause\nof that', 'the second line is not empty'],
  ])('is at fault with %s', (_, message, fault) => expect(faultsOf(message)).toEqual([`commit abc: ${fault}`]));
});

describe('new commits', () => {
  let folder: string;
  const { signal } = new AbortController();
  const author = ['-c', 'user.name=spec', '-c', 'user.email=spec@localhost', '-c', 'commit.gpgsign=false'];
  const git = (...args: string[]) => execFileSync('git', ['-C', folder, ...author, ...args], { stdio: 'pipe' });
  const commit = (message: string) => git('commit', '--quiet', '--no-verify', '--allow-empty', '--message', message);
  const subjects = async (of = folder) =>
    (await newCommits(of, signal)).map(({ message }) => message.split('\n', 1)[0]);

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tokengrid-commits-'));
    git('init', '--quiet', '--initial-branch', 'main');
    for (const name of ['one', 'two']) commit(`feat: ${name}`);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('are the last ones on the base itself, also in a shallow clone', async () => {
    expect(await subjects()).toEqual(['feat: two', 'feat: one']);
    const shallow = mkdtempSync(join(tmpdir(), 'tokengrid-shallow-'));
    try {
      git('clone', '--quiet', '--depth', '1', `file://${folder}`, shallow);
      expect(await subjects(shallow)).toEqual(['feat: two']);
    } finally {
      rmSync(shallow, { recursive: true, force: true });
    }
  });

  it('are those of a branch that its base lacks', async () => {
    git('switch', '--quiet', '--create', 'work');
    commit('fix: three');
    expect(await subjects()).toEqual(['fix: three']);
  });

  it('are nowhere outside of a checkout, which is said', async () => {
    const bare = mkdtempSync(join(tmpdir(), 'tokengrid-bare-'));
    try {
      await expect(newCommits(bare, signal)).rejects.toThrow('no git checkout, so there are no commits to check');
    } finally {
      rmSync(bare, { recursive: true, force: true });
    }
  });
});
