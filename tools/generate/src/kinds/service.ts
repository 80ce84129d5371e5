import { Failure } from '../failure.ts';
import { withElement, withImport, withMember, withRow } from '../edits.ts';
import { kebabName, pluralOf } from '../names.ts';
import type { Workspace } from '../workspace.ts';
import { refuseExported } from './found.ts';

export interface ServiceWish {
  /** Name of its folder: `price-board`. */
  readonly name: string;
  /** Thing with a stream each: `board`. */
  readonly stream: string;
  /** Prefix of those ids; the first three letters of the stream's last word by default. */
  readonly prefix?: string | undefined;
}

/** The first port of a service. */
const firstPort = 8080;

/** A service with one kind of stream, one event, one decision and one route, which boots. */
export function generateService(workspace: Workspace, wish: ServiceWish): void {
  const service = kebabName('the service', wish.name);
  const stream = kebabName('the stream', wish.stream);
  const prefix = kebabName('the prefix', wish.prefix ?? stream.kebab.split('-').at(-1)!.slice(0, 3));
  if (workspace.exists(`apps/${service.kebab}/package.json`))
    throw new Failure(`There is a service ${service.kebab} already.`);
  if (service.kebab === stream.kebab)
    throw new Failure(`The service and its stream are both ${service.kebab}: their events need names of their own.`);
  refuseExported(
    workspace,
    ...[`${stream.pascal}Created`, `${stream.camel}Events`],
    ...[`${service.camel}Events`, `${service.pascal}Event`, `${service.camel}Catalogue`],
  );
  refusePrefix(workspace, prefix.kebab);
  const streams = pluralOf(stream);
  const port = kebabName('the port', `x${freePort(workspace)}`);
  const placeholders = {
    ...{ 'some service': service, 'some stream': stream, 'some streams': streams, 'some prefix': prefix },
  };
  workspace.fill('service', placeholders);
  for (const path of [`package.json`, 'README.md', 'src/config.ts']) {
    workspace.update(`apps/${service.kebab}/${path}`, (text) => text.replaceAll('8080', port.kebab.slice(1)));
  }
  register(workspace, service, streams.words);
  const meanings = 'libs/contracts/src/field-meanings.ts';
  if (new RegExp(`^  ${stream.camel}Id: `, 'm').test(workspace.read(meanings))) return;
  workspace.update(meanings, (text) =>
    withMember(text, ['fieldMeanings'], `${stream.camel}Id: '${stream.words} that the event is about'`),
  );
}

/**
 * Registers the service in the files that list all services. Everything else finds them by their
 * folders.
 */
function register(workspace: Workspace, service: ReturnType<typeof kebabName>, keeps: string): void {
  const { kebab, camel } = service;
  workspace.update('libs/contracts/src/index.ts', (text) =>
    text.replace('export { catalogues }', `export * from './${kebab}.ts';\nexport { catalogues }`),
  );
  workspace.update('libs/contracts/src/catalogues.ts', (text) =>
    withElement(withImport(text, `${camel}Catalogue`, `./${kebab}.ts`), ['catalogues'], `${camel}Catalogue`),
  );
  workspace.update('README.md', (text) => withRow(text, '| [apps/', `| [apps/${kebab}](apps/${kebab}) | ${keeps} |`));
  const manifest = JSON.parse(workspace.read(`apps/${kebab}/package.json`)) as Manifest;
  workspace.update('package-lock.json', (text) => withLockedPackage(text, kebab, manifest));
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  /** Sorted by name, as npm writes the lockfile's. */
  readonly dependencies: Readonly<Record<string, string>>;
}

/** The lockfile's entry, as `npm install` would write it, so that no new install is needed. */
function withLockedPackage(text: string, name: string, manifest: Manifest): string {
  const { packages, ...lock } = JSON.parse(text) as { packages: Readonly<Record<string, object>> };
  const { version, dependencies } = manifest;
  const added = [
    [`apps/${name}`, { name: manifest.name, version, dependencies }],
    [`node_modules/@tokengrid/${name}`, { resolved: `apps/${name}`, link: true }],
  ] as const;
  const entries = Object.entries(packages);
  for (const entry of added) {
    const after = entries.findIndex(([path]) => path.localeCompare(entry[0], 'en') > 0);
    entries.splice(after < 0 ? entries.length : after, 0, [...entry]);
  }
  return `${JSON.stringify({ ...lock, packages: Object.fromEntries(entries) }, null, 2)}\n`;
}

/** The next port after those of the existing services. */
function freePort(workspace: Workspace): number {
  const ports = workspace.find(/^apps\/[^/]+\/package\.json$/, 'apps').map((path) => {
    const { tokengrid } = JSON.parse(workspace.read(path)) as { tokengrid?: { port?: number } };
    return tokengrid?.port ?? 0;
  });
  return Math.max(firstPort, ...ports) + 1;
}

/** @throws Failure for a prefix of existing ids */
function refusePrefix(workspace: Workspace, prefix: string): void {
  for (const path of workspace.find(/^libs\/contracts\/src\/.*\.ts$/, 'libs/contracts/src')) {
    if (new RegExp(`typeId\\([^)]*'${prefix}'`).test(workspace.read(path)))
      throw new Failure(`${path} has ids that begin with ${prefix}_ already: choose another --prefix.`);
  }
}
