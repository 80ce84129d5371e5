import { basename } from 'node:path';
import type { TextFile } from './text-files.ts';

/** Entry points: programs, packages' exports, declarations, and tests, which jest finds. */
const entry = /(^|\/)(main|index)\.ts$|\.d\.ts$|\.spec\.ts$|\.config\.mjs$/;
/** Templates become files of other names. */
const source = /^(?!.*\/templates\/).*\/src\/.*\.ts$/;

/**
 * Unused sources: neither imported (`./lots.ts`) nor started by path (`dist/watchdog-main.js`).
 * Files of the same name keep each other alive; forgotten files are the target, not hidden ones.
 */
export function deadFiles(files: readonly TextFile[]): string[] {
  const named = new Set<string>();
  for (const { path, text } of files) {
    for (const [, name] of text.matchAll(/([\w.-]+)\.[tj]s['"`\s)]/g))
      if (`${name}.ts` !== basename(path)) named.add(name!);
  }
  return files
    .filter(({ path }) => source.test(path) && !entry.test(path) && !named.has(basename(path, '.ts')))
    .map(({ path }) => `${path}: unused file`);
}
