import { basename } from 'node:path';
import type { SpecFiles } from './spec-files.ts';

/**
 * Spec files named by words: each word is parts of a path in order, as `wallet/send-tokens` for
 * `apps/wallet/…/send-tokens.spec.ts`. The last part begins the file's name, unless it is a folder
 * of the path.
 * @throws RangeError for a word without a file
 */
export function chosenSpecs(words: readonly string[], files: SpecFiles): SpecFiles {
  const { pure, simulations, onServers, onOwnServers, onStacks } = files;
  const all = [...pure, ...simulations, ...onServers, ...onOwnServers, ...onStacks];
  for (const word of words) {
    if (!all.some((path) => isNamed(path, word))) {
      throw new RangeError(`${word}: no spec file matches; npm test -- --help`);
    }
  }
  const named = (paths: readonly string[]) => paths.filter((path) => words.some((word) => isNamed(path, word)));
  return {
    pure: named(pure),
    simulations: named(simulations),
    onServers: named(onServers),
    onOwnServers: named(onOwnServers),
    onStacks: named(onStacks),
  };
}

function isNamed(path: string, word: string): boolean {
  const parts = word.replace(/\.spec\.ts$/, '').split('/');
  const folders = path.split('/');
  const name = folders.pop()!;
  for (const [index, part] of parts.entries()) {
    const at = folders.indexOf(part);
    if (at >= 0) folders.splice(0, at + 1);
    else return index === parts.length - 1 && (name.startsWith(`${part}.`) || basename(name, '.spec.ts') === part);
  }
  return true;
}
