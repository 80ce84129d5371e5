import { Failure } from '../failure.ts';
import { kebabName, type Name, pascalName } from '../names.ts';
import type { Workspace } from '../workspace.ts';

/** @throws Failure for an unknown service */
export function serviceOf(workspace: Workspace, text: string): Name {
  const service = kebabName('the service', text);
  if (workspace.exists(`apps/${service.kebab}/src/service.definition.ts`)) return service;
  const all = workspace.find(/^apps\/[^/]+\/src\/service\.definition\.ts$/, 'apps').map((path) => path.split('/')[1]);
  throw new Failure(`There is no service ${service.kebab}; there are: ${all.join(', ')}.`);
}

/** @throws Failure for a kind of stream that the service lacks */
export function streamOf(workspace: Workspace, service: Name, text: string): Name {
  const stream = kebabName('the stream', text);
  const folder = `apps/${service.kebab}/src/decisions/state`;
  const kinds = workspace
    .find(/\.ts$/, folder)
    .filter((path) => !path.endsWith('.spec.ts') && /: Aggregate</.test(workspace.read(path)))
    .map((path) => path.slice(folder.length + 1, -3));
  if (kinds.includes(stream.kebab)) return stream;
  throw new Failure(`${service.kebab} has no kind of stream ${stream.kebab}; it has: ${kinds.join(', ')}.`);
}

/**
 * The class that takes commands for a kind of stream, and its file in `streams`.
 * @param is recognizes it by its text
 */
export function streamsClassOf(workspace: Workspace, service: Name, is: (text: string) => boolean) {
  const folder = `apps/${service.kebab}/src/streams`;
  for (const path of workspace.find(/\.ts$/, folder)) {
    const text = workspace.read(path);
    const name = /export class (\w+)/.exec(text)?.[1];
    if (name === undefined || !is(text)) continue;
    return { name: pascalName('the class', name), file: kebabName('the file', path.slice(folder.length + 1, -3)) };
  }
  throw new Failure(`${folder} has no class for these streams.`);
}

/**
 * Adds a library to a service's package, and to the lockfile as `npm install` would write it.
 * Without effect for a library that is there.
 */
export function dependOn(workspace: Workspace, service: Name, library: string): void {
  const path = `apps/${service.kebab}/package.json`;
  const name = `@tokengrid/${library}`;
  const manifest = JSON.parse(workspace.read(path)) as Manifest;
  if (manifest.dependencies[name] !== undefined) return;
  const { version } = JSON.parse(workspace.read(`libs/${library}/package.json`)) as { readonly version: string };
  const dependencies = { ...manifest.dependencies, [name]: version };
  workspace.update(path, () => `${JSON.stringify({ ...manifest, dependencies }, null, 2)}\n`);
  workspace.update('package-lock.json', (text) => {
    const lock = JSON.parse(text) as { readonly packages: Readonly<Record<string, Manifest>> };
    const folder = path.replace('/package.json', '');
    const sorted = Object.fromEntries(Object.entries(dependencies).sort(([one], [other]) => (one < other ? -1 : 1)));
    const packages = { ...lock.packages, [folder]: { ...lock.packages[folder], dependencies: sorted } };
    return `${JSON.stringify({ ...lock, packages }, null, 2)}\n`;
  });
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
}

/** @throws Failure if the contracts, one module to their importers, export one of the names */
export function refuseExported(workspace: Workspace, ...names: readonly string[]): void {
  const taken = new RegExp(`^export (const|type|interface|class|function) (${names.join('|')})\\b`, 'm');
  for (const path of workspace.find(/^libs\/contracts\/src\/.*\.ts$/, 'libs/contracts/src')) {
    const found = taken.exec(workspace.read(path))?.[2];
    if (found !== undefined) throw new Failure(`${path} has ${found} already: choose another name.`);
  }
}
