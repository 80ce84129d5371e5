import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { Failure } from './failure.ts';
import { filled, type Placeholders } from './placeholders.ts';

/** Templates, beside `src` and `dist`. */
const templates = fileURLToPath(new URL('../templates/', import.meta.url));

/** A file that a generator creates or changes. */
interface Change {
  readonly path: string;
  readonly kind: 'create' | 'update';
}

/**
 * The repository's files after a generator; nothing is written before {@link commit}. Paths are
 * from the top, with slashes.
 */
export class Workspace {
  private readonly changed = new Map<string, string>();
  /** Paths of changed files that are new. */
  private readonly created = new Set<string>();

  constructor(readonly root: string) {}

  exists(path: string): boolean {
    return this.changed.has(path) || existsSync(join(this.root, path));
  }

  /** @throws Failure without such a file */
  read(path: string): string {
    const changed = this.changed.get(path);
    if (changed !== undefined) return changed;
    if (!existsSync(join(this.root, path))) throw new Failure(`There is no ${path}.`);
    return readFileSync(join(this.root, path), 'utf8');
  }

  /** Paths that match a pattern, new ones included. */
  find(pattern: RegExp, folder: string): readonly string[] {
    const stored = globSync(`${folder}/**/*`, { cwd: this.root }).map((path) => path.replaceAll('\\', '/'));
    return [...new Set([...stored, ...this.changed.keys()])].filter((path) => pattern.test(path)).sort();
  }

  /** @throws Failure for an existing file */
  create(path: string, text: string): void {
    if (this.exists(path)) throw new Failure(`${path} is there already: choose another name.`);
    this.changed.set(path, text);
    this.created.add(path);
  }

  /** @throws Failure for a missing file, or if the change has no effect */
  update(path: string, change: (text: string) => string): void {
    const before = this.read(path);
    const after = change(before);
    if (after === before) throw new Failure(`${path}: found no place for what belongs there.`);
    this.changed.set(path, after);
  }

  /** Gives a file that was created another path. */
  move(from: string, to: string): void {
    const text = this.changed.get(from);
    if (text === undefined) throw new Error(`${from} was not created here`);
    this.changed.delete(from);
    this.created.delete(from);
    this.create(to, text);
  }

  /** Creates a file for each of a template's, its path filled in like its text. */
  fill(template: string, placeholders: Placeholders): void {
    const folder = join(templates, template);
    const paths = globSync('**/*', { cwd: folder, withFileTypes: true }).filter((entry) => entry.isFile());
    if (paths.length === 0) throw new Error(`there is no template ${template}`);
    for (const { parentPath, name } of paths) {
      const path = join(parentPath, name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/');
      this.create(filled(path, placeholders), filled(readFileSync(join(folder, path), 'utf8'), placeholders));
    }
  }

  /** A template's text. */
  whole(template: string, placeholders: Placeholders): string {
    return filled(readFileSync(join(templates, template), 'utf8'), placeholders);
  }

  /** A template's text without its imports, as inserted into an existing file. */
  part(template: string, placeholders: Placeholders): string {
    return this.whole(template, placeholders)
      .replace(/^import [\s\S]*? from '[^']+';\n/gm, '')
      .trim();
  }

  /** Changed files, sorted by path: the same before and after {@link commit}. */
  changes(): readonly Change[] {
    return [...this.changed.keys()]
      .sort()
      .map((path) => ({ path, kind: this.created.has(path) ? 'create' : 'update' }));
  }

  /** @throws Failure if a file to change has uncommitted changes, which could not be told apart */
  refuseDirty(): void {
    const { status, stdout } = spawnSync(
      'git',
      ['status', '--porcelain', '--', ...this.changes().map(({ path }) => path)],
      { cwd: this.root, encoding: 'utf8' },
    );
    if (status !== 0)
      throw new Failure('git status fails here: generators work on a clone, to keep your own work apart.');
    const dirty = stdout.split('\n').filter((line) => line !== '');
    if (dirty.length === 0) return;
    const list = dirty.map((line) => line.slice(3)).join(', ');
    throw new Failure(`Commit or stash your changes first, so that they can be told from generated ones: ${list}.`);
  }

  /** Writes all, formatted as the repository is. */
  async commit(): Promise<void> {
    const written = [...this.changed].map(async ([path, text]) => {
      const file = join(this.root, path);
      const formatted = /\.(ts|md|json)$/.test(path) && !path.endsWith('package-lock.json');
      const options = formatted ? await resolveConfig(file) : null;
      return [file, formatted ? await format(text, { ...options, filepath: file }) : text] as const;
    });
    for (const [file, text] of await Promise.all(written)) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  }
}
