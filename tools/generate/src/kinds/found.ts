import { Failure } from '../failure.ts';
import { kebabName, type Name, pascalName } from '../names.ts';
import type { Workspace } from '../workspace.ts';

/** @throws Failure for a service that is not there */
export function serviceOf(workspace: Workspace, text: string): Name {
  const service = kebabName('the service', text);
  if (workspace.exists(`apps/${service.kebab}/src/service.definition.ts`)) return service;
  const all = workspace.find(/^apps\/[^/]+\/src\/service\.definition\.ts$/, 'apps').map((path) => path.split('/')[1]);
  throw new Failure(`There is no service ${service.kebab}; there are: ${all.join(', ')}.`);
}

/** @throws Failure for a kind of stream that the service does not have */
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
 * The class through which commands reach a kind of stream, and its file in `streams`.
 * @param is tells it by its text
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

/** @throws Failure if the contracts, one module to their importers, export one of the names */
export function refuseExported(workspace: Workspace, ...names: readonly string[]): void {
  const taken = new RegExp(`^export (const|type|interface|class|function) (${names.join('|')})\\b`, 'm');
  for (const path of workspace.find(/^libs\/contracts\/src\/.*\.ts$/, 'libs/contracts/src')) {
    const found = taken.exec(workspace.read(path))?.[2];
    if (found !== undefined) throw new Failure(`${path} has ${found} already: choose another name.`);
  }
}
