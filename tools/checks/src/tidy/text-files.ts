import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { root } from '../root.ts';

/** A text file of the repository. */
export interface TextFile {
  /** From the repository's top folder, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** Generated folders and data, as in `.gitignore`, and git itself, a file in a linked worktree. */
const notOurs = ['node_modules', 'dist', 'coverage', '.git', '.nx', '.tokengrid'];
const readable = [
  ...['.ts', '.mjs', '.js', '.json', '.md', '.xml', '.yml', '.yaml', '.properties', '.sql', '.sh', '.csv', '.html'],
  // `.ci/run`, `.gitignore` and the like.
  '',
];

/** All text files of the repository, sorted by path; not the lockfile, which npm writes. */
export function textFiles(): readonly TextFile[] {
  return pathsBelow('')
    .filter((path) => readable.includes(extname(path)) && path !== 'package-lock.json')
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

function pathsBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (notOurs.includes(entry.name)) return [];
    if (entry.isDirectory()) return pathsBelow(path);
    return entry.isFile() ? [path] : [];
  });
}
