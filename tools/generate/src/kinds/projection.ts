import { withImport, withListElement, withMember } from '../edits.ts';
import { EventGroups } from '../event-groups.ts';
import { Failure } from '../failure.ts';
import { kebabName, type Name } from '../names.ts';
import type { Workspace } from '../workspace.ts';
import { dependOn, serviceOf } from './found.ts';

export interface ProjectionWish {
  readonly service: string;
  /** Name of its file: `open-holds`. */
  readonly name: string;
  /**
   * Group of events without `Events`; another service's with its name in front: `identity:party`.
   */
  readonly of: string;
}

/**
 * A read model of a group of events, with its table and migration. It counts the events until it is
 * filled in.
 */
export function generateProjection(workspace: Workspace, wish: ProjectionWish): void {
  const service = serviceOf(workspace, wish.service);
  const view = kebabName('the projection', wish.name);
  const [group, from] = wish.of.split(':').reverse();
  const owner = from === undefined ? service : serviceOf(workspace, from);
  const events = new EventGroups(workspace).of(owner.kebab, `${kebabName('the group', group!).camel}Events`);
  const taken = workspace.find(new RegExp(`/${view.kebab}\\.(projection|table)\\.ts$`), `apps/${service.kebab}/src`);
  if (taken.length > 0) throw new Failure(`${service.kebab} has a projection ${view.kebab} already: ${taken[0]}.`);
  const table = view.kebab.replaceAll('-', '_');
  const stamp = nextStamp(workspace, service);
  workspace.fill('projection', {
    'some service': service,
    'some view': view,
    'some events': kebabName('the group', `${group}-events`),
  });
  const projection = `apps/${service.kebab}/src/projections/${view.kebab}.projection.ts`;
  const migration = `apps/${service.kebab}/src/migrations/1700000000000-${view.kebab}.ts`;
  for (const path of [projection, migration, projection.replace('projection.ts', 'table.ts')]) {
    workspace.update(path, (text) => text.replaceAll('some_view', table).replaceAll('1700000000000', stamp));
  }
  for (const type of events.events)
    workspace.update(projection, (text) => withMember(text, [view.camel, 'on'], `${type}: count`));
  if (owner.kebab !== service.kebab) {
    // A foreign projection names the events it wants; a later event of the group is none of them.
    const wanted = events.events.map((type) => `typeof ${type}`).join(' | ');
    const imported = ['EventOf', ...events.events].join(', ');
    workspace.update(projection, (text) =>
      text
        .replace(`EventsOf<typeof ${events.name}>`, `EventOf<${wanted}>`)
        .replace(/\{ EventsOf, \w+ \}/, `{ ${imported} }`),
    );
  }
  dependOn(workspace, service, 'event-store');
  workspace.move(migration, migration.replace('1700000000000', stamp));
  register(workspace, { service, view, owner, migration: `${view.pascal}${stamp}`, stamp });
}

interface Registration {
  readonly service: Name;
  readonly view: Name;
  readonly owner: Name;
  readonly migration: string;
  readonly stamp: string;
}

function register(workspace: Workspace, { service, view, owner, migration, stamp }: Registration): void {
  const isOwn = owner.kebab === service.kebab;
  const definition = `${service.camel}Service`;
  workspace.update(`apps/${service.kebab}/src/service.definition.ts`, (before) => {
    let text = withImport(before, view.camel, `./projections/${view.kebab}.projection.ts`);
    text = withImport(text, `${view.pascal}Row`, `./projections/${view.kebab}.table.ts`);
    text = withImport(text, migration, `./migrations/${stamp}-${view.kebab}.ts`);
    if (isOwn) text = withListElement(text, definition, 'projections', view.camel);
    else {
      text = withImport(text, `${owner.camel}Catalogue`, '@tokengrid/contracts');
      text = withImport(text, 'foreignProjection', '@tokengrid/service');
      text = withListElement(
        text,
        definition,
        'foreignProjections',
        `foreignProjection(${owner.camel}Catalogue, ${view.camel})`,
      );
    }
    text = withListElement(text, definition, 'migrations', migration);
    return withListElement(text, definition, 'entities', `${view.pascal}Row`);
  });
}

/** A number above those of all migrations, which run in the order of their numbers. */
function nextStamp(workspace: Workspace, service: Name): string {
  const stamps = workspace
    .find(/\/migrations\/\d{13}-[^/]*\.ts$/, `apps/${service.kebab}/src/migrations`)
    .map((path) => Number(/\/(\d{13})-/.exec(path)![1]));
  return String(Math.max(1_764_900_000_000, ...stamps) + 1);
}
