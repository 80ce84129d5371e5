import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { runProgram } from './run-program.ts';
import { NotHere } from './step.ts';

/** Maximum length of a subject. */
const longestSubject = 72;
/** Maximum number of commits checked, newest first. */
const mostCommits = 20;
/** Branches that new commits are meant for, most telling first. */
const bases = ['origin/HEAD', 'origin/main', 'main'];

/** A commit, as its author wrote it. */
export interface Commit {
  /** Its abbreviated hash. */
  readonly id: string;
  readonly message: string;
}

/** Names of the Nx projects of the workspace. */
export function projectNames(root: string): readonly string[] {
  const { workspaces } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { workspaces: string[] };
  const paths = globSync(
    workspaces.map((folder) => `${folder}/package.json`),
    { cwd: root },
  );
  return paths.map((path) => {
    const { nx } = JSON.parse(readFileSync(join(root, path), 'utf8')) as { nx?: { name?: string } };
    return nx?.name ?? basename(dirname(path));
  });
}

/**
 * Faults of commits, a sentence each, by the rules of CONTRIBUTING.md.
 * @param projects names of Nx projects
 */
export function commitFaults(commits: readonly Commit[], projects: readonly string[]): string[] {
  return commits.flatMap(({ id, message }) => faultsOf(message, projects).map((fault) => `commit ${id}: ${fault}`));
}

const types = ['feat', 'fix', 'refactor', 'perf', 'test', 'docs', 'build', 'ci', 'style', 'revert'];
const form = /^([a-z]+)(?:\(([^)]*)\))?!?: (.+)$/;

function faultsOf(message: string, projects: readonly string[]): string[] {
  const [subject = '', blank, ...body] = message.trimEnd().split('\n');
  const length = [...subject].length;
  const faults =
    length > longestSubject ? [`the subject has ${length} characters; ${longestSubject} are the most`] : [];
  const [, type = '', scope, says = ''] = form.exec(subject) ?? [];
  if (!types.includes(type)) {
    faults.push(`the subject is not "type(project): what it does"; types are ${types.join(', ')}`);
  } else {
    const unknown = (scope?.split(/, ?/) ?? []).find((name) => !projects.includes(name));
    if (unknown !== undefined) faults.push(`${unknown} is no project; the scope names Nx projects, or is left out`);
    if (says.includes(';')) faults.push('the subject names two concerns: make two commits of it');
  }
  if (blank !== undefined && blank !== '') faults.push('the second line is not empty');
  const trailers = /^[A-Z][\w-]+: /;
  if (!body.some((line) => line.trim() !== '' && !trailers.test(line))) faults.push('no body says why');
  return faults;
}

/**
 * Commits that the base branch lacks; the last ones on the base itself, or without one, as in a
 * shallow clone.
 * @throws NotHere outside of a git checkout
 */
export async function newCommits(root: string, signal: AbortSignal): Promise<readonly Commit[]> {
  if (!existsSync(join(root, '.git'))) throw new NotHere('no git checkout, so there are no commits to check', true);
  const git = async (...args: readonly string[]) => {
    const { code, output } = await runProgram('git', ['-C', root, ...args], { output: 'kept', signal });
    return code === 0 ? output : undefined;
  };
  const head = await git('rev-parse', 'HEAD');
  let range: string | undefined;
  for (const base of bases) {
    const at = range === undefined ? await git('rev-parse', '--verify', '--quiet', `${base}^{commit}`) : undefined;
    if (at !== undefined && at !== head) range = `${base}..HEAD`;
  }
  const log = await git('log', '--no-merges', '-z', '--format=%h%n%B', ...['-n', `${mostCommits}`], range ?? 'HEAD');
  if (log === undefined) throw new Error('git log failed');
  return log
    .split('\0')
    .filter((entry) => entry.trim() !== '')
    .map((entry) => {
      const end = entry.indexOf('\n');
      return { id: entry.slice(0, end), message: entry.slice(end + 1) };
    });
}
