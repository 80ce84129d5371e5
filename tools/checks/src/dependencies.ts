import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.ts';
import type { TextFile } from './tidy/text-files.ts';

/** Part of a package's manifest. */
interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** Source that a service runs on: tests and their equipment are none. */
const isRunning = (path: string): boolean =>
  /^(apps|libs)\/[^/]+\/src\/.*\.ts$/.test(path) &&
  !/\.(spec|fixture|contract|d)\.ts$|\/(testing|specimen|contract)\/|\/testing\.ts$/.test(path);

/** Packages of npm that a file needs when it runs. */
export function packagesOf(text: string): string[] {
  const imports = text.matchAll(/^(?:import|export)(?! type\b)(?:[^'";]*? from)? ?'([^'.][^']*)'/gm);
  const later = text.matchAll(/(?<!typeof )\bimport\('([^'.][^']*)'\)/g);
  const names = [...imports, ...later].map(([, module]) =>
    module!
      .split('/')
      .slice(0, module!.startsWith('@') ? 2 : 1)
      .join('/'),
  );
  return names.filter((name) => !name.startsWith('node:') && !name.startsWith('@tokengrid/'));
}

/**
 * Faults of a production install: a package that services or libraries import and the root does not
 * depend on, or a dependency that neither they nor a peer of theirs need.
 * @param peersOf names of a package's peers
 */
export function dependencyFaults(
  files: readonly TextFile[],
  dependencies: readonly string[],
  peersOf: (name: string) => readonly string[],
): string[] {
  const importers = new Map<string, string>();
  for (const { path, text } of files)
    if (isRunning(path)) for (const name of packagesOf(text)) importers.set(name, path);
  const missing = [...importers].filter(([name]) => !dependencies.includes(name));
  const needed = new Set([...importers.keys(), ...dependencies.flatMap(peersOf)]);
  const idle = dependencies.filter((name) => !needed.has(name));
  return [
    ...missing.map(([name, path]) => `${path} imports ${name}, which is not among the dependencies of package.json`),
    ...idle.map((name) => `package.json: no service or library imports ${name}; it is a devDependency, or its tool's`),
  ];
}

/** The faults of this repository. */
export function ownDependencyFaults(files: readonly TextFile[]): string[] {
  const { dependencies = {} } = manifestOf('package.json');
  const peersOf = (name: string) => Object.keys(manifestOf(`node_modules/${name}/package.json`).peerDependencies ?? {});
  return dependencyFaults(files, Object.keys(dependencies), peersOf);
}

const manifestOf = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8')) as Manifest;
