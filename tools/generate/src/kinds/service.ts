import { Failure } from '../failure.ts';
import { withElement, withImport, withMember, withRow } from '../edits.ts';
import { kebabName, pluralOf } from '../names.ts';
import type { Workspace } from '../workspace.ts';

export interface ServiceWish {
  /** As its folder is named: `price-board`. */
  readonly name: string;
  /** What it keeps a stream of each: `board`. */
  readonly stream: string;
  /** What the ids of those begin with; the first three letters of the stream's last word if not given. */
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
  refuseTaken(workspace, `${stream.pascal}Created`, `typeId('${prefix.kebab}')`);
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
  workspace.update('libs/contracts/src/field-meanings.ts', (text) =>
    withMember(text, ['fieldMeanings'], `${stream.camel}Id: '${stream.words} that the event is about'`),
  );
}

/** What knows all services. Everything else finds them by their folders. */
function register(workspace: Workspace, service: ReturnType<typeof kebabName>, keeps: string): void {
  const { kebab, camel } = service;
  workspace.update('libs/contracts/src/index.ts', (text) =>
    text.replace('export { catalogues }', `export * from './${kebab}.ts';\nexport { catalogues }`),
  );
  workspace.update('libs/contracts/src/catalogues.ts', (text) =>
    withElement(withImport(text, `${camel}Catalogue`, `./${kebab}.ts`), ['catalogues'], `${camel}Catalogue`),
  );
  workspace.update('README.md', (text) => withRow(text, '| [apps/', `| [apps/${kebab}](apps/${kebab}) | ${keeps} |`));
  workspace.update('package-lock.json', (text) => withLockedPackage(text, kebab));
}

/** As `npm install` would write it, so that nothing has to be installed anew. */
function withLockedPackage(text: string, name: string): string {
  const { packages, ...lock } = JSON.parse(text) as { packages: Readonly<Record<string, object>> };
  const added = [
    [`apps/${name}`, { ...packages['apps/settlement'], name: `@tokengrid/${name}` }],
    [`node_modules/@tokengrid/${name}`, { resolved: `apps/${name}`, link: true }],
  ] as const;
  const entries = Object.entries(packages);
  for (const entry of added) {
    const after = entries.findIndex(([path]) => path.localeCompare(entry[0], 'en') > 0);
    entries.splice(after < 0 ? entries.length : after, 0, [...entry]);
  }
  return `${JSON.stringify({ ...lock, packages: Object.fromEntries(entries) }, null, 2)}\n`;
}

/** The next port after those of the services that there are. */
function freePort(workspace: Workspace): number {
  const ports = workspace.find(/^apps\/[^/]+\/package\.json$/, 'apps').map((path) => {
    const { tokengrid } = JSON.parse(workspace.read(path)) as { tokengrid?: { port?: number } };
    return tokengrid?.port ?? 0;
  });
  return Math.max(firstPort, ...ports) + 1;
}

/** @throws Failure where the contracts have an event, or ids, of that name */
function refuseTaken(workspace: Workspace, event: string, id: string): void {
  for (const path of workspace.find(/^libs\/contracts\/src\/.*\.ts$/, 'libs/contracts/src')) {
    const text = workspace.read(path);
    if (text.includes(`'${event}'`)) throw new Failure(`${path} has an event ${event} already.`);
    if (text.includes(id)) throw new Failure(`${path} has ids of ${id} already: choose another --prefix.`);
  }
}
