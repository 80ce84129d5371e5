import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../root.ts';

const modules = 'node_modules';

/**
 * A clone of the repository in its current state, committed, in a folder of its own. External
 * packages are those installed here; those of the workspace are the copy's.
 */
export function copyRepository(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tokengrid-copy-'));
  for (const path of trackedFiles()) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(root, path), join(folder, path));
  }
  for (const built of ['tools/generate/dist', 'tools/checks/dist']) {
    cpSync(join(root, built), join(folder, built), { recursive: true });
  }
  linkModules(folder);
  git(folder, 'init', '--quiet');
  commitAll(folder);
  return folder;
}

/** Commits all changes of a copy. */
export function commitAll(folder: string): void {
  git(folder, 'add', '--all');
  const author = ['-c', 'user.name=check', '-c', 'user.email=check@localhost', '-c', 'commit.gpgsign=false'];
  git(folder, ...author, 'commit', '--quiet', '--no-verify', '--message', 'as it is');
}

/** Files that a copy's commits changed since its first. */
export function changedFiles(folder: string): readonly string[] {
  const [first] = git(folder, 'rev-list', '--max-parents=0', 'HEAD').split('\n');
  return git(folder, 'diff', '--name-only', first!, 'HEAD').split('\n').filter(Boolean);
}

/** Files of the repository, uncommitted ones included. */
function trackedFiles(): readonly string[] {
  const paths = git(root, 'ls-files', '--cached', '--others', '--exclude-standard').split('\n');
  return paths.filter((path) => path !== '' && existsSync(join(root, path)));
}

function linkModules(folder: string): void {
  mkdirSync(join(folder, modules, '@tokengrid'), { recursive: true });
  for (const name of readdirSync(join(root, modules))) {
    if (name !== '@tokengrid' && name !== '.cache') symlinkSync(join(root, modules, name), join(folder, modules, name));
  }
  const { workspaces } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { workspaces: string[] };
  for (const path of globSync(
    workspaces.map((pattern) => `${pattern}/package.json`),
    { cwd: folder },
  )) {
    const { name } = JSON.parse(readFileSync(join(folder, path), 'utf8')) as { name: string };
    symlinkSync(join(folder, dirname(path)), join(folder, modules, name));
    // Packages whose version differs from the one on top.
    const own = join(dirname(path), modules);
    if (existsSync(join(root, own))) symlinkSync(join(root, own), join(folder, own));
  }
}

function git(cwd: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0) throw new Error(`git ${args[0]} ended with ${status}: ${stderr}`);
  return stdout;
}
