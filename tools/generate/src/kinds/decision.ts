import {
  hasConstant,
  methodOf,
  withDependency,
  withImport,
  withMember,
  withMethod,
  withNestProvider,
} from '../edits.ts';
import { Failure } from '../failure.ts';
import { kebabName, type Name, thirdPerson, verbAndNoun } from '../names.ts';
import type { Workspace } from '../workspace.ts';
import { type AddedEvent, addEvent, type EventWish, literal } from './event.ts';
import { serviceOf, streamsClassOf } from './found.ts';

export interface DecisionWish extends EventWish {
  /** A verb and its object: `freeze-wallet`. */
  readonly decision: string;
  /** Its folder in `decisions`. */
  readonly topic: string;
  /** Its folder in `http`; without one, other services' events start it, and it has no route. */
  readonly resource?: string | undefined;
}

/** A decision with its event, and the route that asks for it: the rule is left to fill in. */
export function generateDecision(workspace: Workspace, wish: DecisionWish): void {
  const service = serviceOf(workspace, wish.service);
  const decision = verbAndNoun('the decision', wish.decision);
  const topic = kebabName('the topic', wish.topic);
  if (['state', 'rules'].includes(topic.kebab))
    throw new Failure(`${topic.kebab} is no topic: decisions stand above it.`);
  const taken = workspace.find(new RegExp(`/${decision.kebab}\\.ts$`), `apps/${service.kebab}/src/decisions`);
  if (taken.length > 0) throw new Failure(`There is a decision ${decision.kebab} already: ${taken[0]}.`);
  if (wish.event === decision.pascal)
    throw new Failure(`The event ${wish.event} is named as the command: say what happened, as WalletFrozen.`);
  const { resource } = wish;
  const added = addEvent(
    workspace,
    wish,
    resource === undefined ? "'silent'" : '({ data }) => ({ status: 200, body: data })',
  );
  const placeholders = {
    ...{ 'some service': service, 'some stream': added.stream, 'some topic': topic },
    ...{ 'do something': decision, 'something happened': added.event },
    'does something': { ...decision, words: thirdPerson(decision) },
  };
  workspace.fill('decision', placeholders);
  const path = `apps/${service.kebab}/src/decisions/${topic.kebab}/${decision.kebab}`;
  for (const file of [`${path}.ts`, `${path}.spec.ts`])
    workspace.update(file, (text) => withFields(text, added.fields));
  if (workspace.exists(`apps/${service.kebab}/src/decisions/rules/decided.ts`))
    workspace.update(`${path}.ts`, (text) => withDecided(text, service));
  if (resource !== undefined)
    addRoute(workspace, { service, decision, topic, resource: kebabName('the resource', resource), added });
}

/** A template's text with the event's own fields in place of `id`. */
function withFields(text: string, fields: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(fields);
  return text
    .replace('readonly id: string;', names.map((name) => `readonly ${name}: ${typeof fields[name]};`).join('\n'))
    .replaceAll("{ id: 'id' }", literal(fields))
    .replace('{ id: z.string() }', `{ ${names.map((name) => `${name}: z.${typeof fields[name]}()`).join(', ')} }`)
    .replaceAll('{ id }', `{ ${names.join(', ')} }`);
}

/** States no refusals until they are declared: a list of all events would admit any. */
function withDecided(text: string, service: Name): string {
  return withImport(text, 'Decided', '../rules/decided.ts', 'type')
    .replace(`readonly ${service.pascal}Event[]`, 'Decided')
    .replace(`type ${service.pascal}Event, `, '');
}

interface Route {
  readonly service: Name;
  readonly decision: Name;
  readonly topic: Name;
  readonly resource: Name;
  readonly added: AddedEvent;
}

/** The route of a decision, in the controller of its resource, which is made if there is none. */
function addRoute(workspace: Workspace, { service, decision, topic, resource, added }: Route): void {
  const [id, ...others] = Object.keys(added.fields);
  if (id === undefined || others.length > 0)
    throw new Failure(
      `${added.event.pascal} is about more than one field: leave --resource out, and write the route by hand.`,
    );
  const folder = `apps/${service.kebab}/src/http/${resource.kebab}`;
  const controller = `${folder}/${resource.kebab}.controller.ts`;
  if (!workspace.exists(controller)) addController(workspace, service, resource, controller);
  const requests = `${folder}/${resource.kebab}.requests.ts`;
  const placeholders = {
    ...{ 'do something': decision, 'something happened': added.event },
    'does something': { ...decision, words: thirdPerson(decision) },
  };
  if (!workspace.exists(requests)) workspace.create(requests, "import { z } from 'zod';\n");
  if (hasConstant(workspace.read(requests), `${decision.pascal}Request`))
    throw new Failure(`${requests} has a ${decision.pascal}Request already.`);
  workspace.update(
    requests,
    (text) =>
      `${withImport(text, 'z', 'zod')}\n${withFields(workspace.part('route/shapes.ts', placeholders), added.fields)}\n`,
  );
  const streams = streamsClassOf(workspace, service, (text) =>
    text.includes(`/decisions/state/${added.stream.kebab}.ts'`),
  );
  const className = `${resource.pascal}Controller`;
  workspace.update(controller, (before) => {
    const [text, property] = withDependency(before, className, streams.name.pascal, streams.name.camel);
    const path = pathIn(before, resource, id, decision);
    const handler = methodOf(workspace.whole('route/handler.ts', placeholders), decision.camel)
      .replace("'some-path'", `'${path}'`)
      .replace("@Param('id') id: string", `@Param('${id}') ${id}: ${typeof added.fields[id]}`)
      .replace('this.someStreams', `this.${property}`)
      .replace('incoming.to(id, { id })', `incoming.to(${id}, { ${id} })`);
    return withImports(withMethod(text, className, handler), {
      '@nestjs/common': ['Body', 'Param', 'Post'],
      '@tokengrid/service': ['Incoming', 'type IncomingCommand', 'OperatorOnly', 'Responds'],
      [`../../decisions/${topic.kebab}/${decision.kebab}.ts`]: [decision.camel],
      [`../../streams/${streams.file.kebab}.ts`]: [streams.name.pascal],
      [`./${resource.kebab}.requests.ts`]: [`${decision.pascal}Request`, `${added.event.pascal}Answer`],
    });
  });
}

/** The handler's path below its controller's: together they name the resource and the id once. */
function pathIn(controller: string, resource: Name, id: string, decision: Name): string {
  const base = /@Controller\('([^']*)'/.exec(controller)?.[1] ?? '';
  if (base.includes(`:${id}`)) return decision.kebab;
  return base === 'v1' ? `${resource.kebab}/:${id}/${decision.kebab}` : `:${id}/${decision.kebab}`;
}

function withImports(text: string, wanted: Readonly<Record<string, readonly string[]>>): string {
  let after = text;
  for (const [from, names] of Object.entries(wanted)) {
    for (const name of names)
      after = withImport(after, name.replace('type ', ''), from, name.startsWith('type ') ? 'type' : 'value');
  }
  return after;
}

function addController(workspace: Workspace, service: Name, resource: Name, path: string): void {
  workspace.fill('controller', { 'some service': service, 'some resource': resource });
  const src = `apps/${service.kebab}/src`;
  const list = workspace.exists(`${src}/http/resources.ts`)
    ? `${src}/http/resources.ts`
    : `${src}/${service.kebab}.module.ts`;
  const from = `./${path.slice(list.lastIndexOf('/') + 1)}`;
  const name = `${resource.pascal}Controller`;
  workspace.update(list, (text) =>
    withNestProvider(withImport(text, name, from), 'controllers', ['controllers'], name),
  );
  workspace.update(`${src}/api.ts`, (text) =>
    withMember(
      text,
      [`${service.camel}Api`, 'resources'],
      `'${resource.kebab}': '${resource.words[0]!.toUpperCase()}${resource.words.slice(1)}'`,
    ),
  );
}
