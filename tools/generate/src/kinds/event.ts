import {
  answerClassesIn,
  argumentsOf,
  constantsIn,
  describedObject,
  functionIn,
  membersOf,
  memberText,
  withCaseIn,
  withElement,
  withImport,
  withMember,
  withMethod,
  withStatementBefore,
} from '../edits.ts';
import { type EventGroup, EventGroups } from '../event-groups.ts';
import { Failure } from '../failure.ts';
import { kebabName, type Name, pascalName } from '../names.ts';
import type { Workspace } from '../workspace.ts';
import { refuseExported, serviceOf, streamOf } from './found.ts';

export interface EventWish {
  readonly service: string;
  /** Subject and past participle: `WalletFrozen`. */
  readonly event: string;
  /** Kind of its stream, as the file's name in `decisions/state`. */
  readonly stream: string;
  /** Its group without `Events`: `status`; the stream's by default. */
  readonly group?: string | undefined;
}

/** Answer of a refusal: the function of the services' library that words it. */
export const refusalAnswer = 'refusalOf';

/** An event added to the contracts, and wherever each event has an entry. */
export interface AddedEvent {
  readonly event: Name;
  readonly stream: Name;
  /** Identifying fields by name, with their samples. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** An event in its group, with its sample, and a test that fails until the state folds it. */
export function generateEvent(workspace: Workspace, wish: EventWish): void {
  const { event, stream, fields } = addEvent(workspace, wish, "'silent'");
  workspace.fill('event', {
    'some service': kebabName('the service', wish.service),
    'some stream': stream,
    'something happened': event,
  });
  workspace.update(`apps/${wish.service}/src/decisions/state/${event.kebab}.spec.ts`, (text) =>
    text.replaceAll("{ id: 'id' }", literal(fields)),
  );
}

/**
 * Adds an event wherever each has an entry.
 * @param answer of its command: `'silent'`, or a function
 */
export function addEvent(workspace: Workspace, wish: EventWish, answer: string): AddedEvent {
  const service = serviceOf(workspace, wish.service);
  const event = pascalName('the event', wish.event);
  const stream = streamOf(workspace, service, wish.stream);
  const groups = new EventGroups(workspace);
  const group = groups.of(service.kebab, `${kebabName('the group', wish.group ?? stream.kebab).camel}Events`);
  refuseExported(workspace, event.pascal);
  const first = patternIn(workspace.read(group.path), group);
  const fields = fieldsLike(workspace, service, first);
  workspace.update(group.path, (text) =>
    withElement(
      withStatementBefore(
        text,
        group.name,
        workspace.part('declaration.ts', { 'something happened': event }).replace('id: text(60)', first.written),
      ),
      [group.name],
      event.pascal,
    ),
  );
  workspace.update(`libs/contracts/src/samples/${service.kebab}.json`, (text) =>
    withSampleAfter(text, group.events.at(-1)!, event.pascal, fields),
  );
  listRefusal(workspace, service, event);
  for (const path of workspace.find(/\.ts$/, `apps/${service.kebab}/src`)) {
    if (/\.(spec|fixture)\.ts$/.test(path)) continue;
    const entries = withEntries(workspace.read(path), groups, group.name, event, answer);
    if (entries !== workspace.read(path)) workspace.update(path, () => entries);
  }
  return { event, stream, fields };
}

interface Declaration {
  readonly type: string;
  /** Its first field as written: the identifying one. */
  readonly written: string;
  /** Names of its other fields. */
  readonly others: readonly string[];
}

/**
 * The event of a group whose first field identifies its subject: an id of its own, or else one that
 * several share.
 */
function patternIn(text: string, { name, events }: EventGroup): Declaration {
  const declared = events.flatMap((type) => declarationOf(text, type) ?? []);
  // Some spread the members of their ids: `{ ...quote, price }`. The first of those identifies all.
  const shared = declared.flatMap(({ type, written }) => sharedMember(text, type, written) ?? []);
  const found = declared.find(({ written }) => !written.startsWith('...')) ?? shared[0] ?? declared[0];
  if (found) return found;
  throw new Failure(`No event of ${name} has fields of its own to take what the new event is about from.`);
}

/** The first member of an event's spread, if that is a constant of the same file. */
function sharedMember(text: string, type: string, written: string): Declaration | undefined {
  const constant = constantsIn(text).find(({ name }) => `...${name}` === written);
  const first = constant && membersOf(constant)[0];
  return first === undefined || first.startsWith('...') ? undefined : { type, written: first, others: [] };
}

function declarationOf(text: string, type: string): Declaration | undefined {
  const constant = constantsIn(text).find(({ name }) => name === type);
  const fields = constant && describedObject(argumentsOf(constant)[2])?.properties;
  const first = fields?.[0];
  if (!fields || !first) return undefined;
  return {
    type,
    written: first.getText(),
    others: fields.slice(1).flatMap((field) => field.name?.getText() ?? []),
  };
}

/** The fields that an event's first one stands for, with their samples. */
function fieldsLike(
  workspace: Workspace,
  service: Name,
  { type, written, others }: Declaration,
): Readonly<Record<string, unknown>> {
  const samples = JSON.parse(workspace.read(`libs/contracts/src/samples/${service.kebab}.json`)) as Readonly<
    Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>
  >;
  const sample = Object.values(samples[type] ?? {}).at(-1) ?? {};
  const names = written.startsWith('...')
    ? Object.keys(sample).filter((name) => !others.includes(name))
    : [/^\w+/.exec(written)![0]];
  return Object.fromEntries(names.map((name) => [name, sample[name]]));
}

/** The samples with that of a new event behind another one; the others keep their form. */
function withSampleAfter(text: string, last: string, type: string, sample: object): string {
  const written = `${JSON.stringify(type)}: ${JSON.stringify({ 1: sample }, null, 2)}`.replaceAll('\n', '\n  ');
  const lines = text.split('\n');
  const at = lines.findIndex((line) => line.startsWith(`  "${last}": `));
  const next = lines.findIndex((line, index) => at >= 0 && index > at && line.startsWith('  "'));
  if (next >= 0) return [...lines.slice(0, next), `  ${written},`, ...lines.slice(next)].join('\n');
  return text.replace(/\s*\}\s*$/, `,\n  ${written}\n}\n`);
}

/**
 * A file's text with an entry for the event wherever it has one for each event of its group:
 * states, projections, answers.
 */
function withEntries(before: string, groups: EventGroups, group: string, event: Name, answer: string): string {
  let text = before;
  const ofGroup = answersOf(before).filter((type) => groups.hasGroup(type, group));
  if (answer === refusalAnswer && ofGroup.length > 0) text = withImport(text, refusalAnswer, '@tokengrid/service');
  for (const answers of answerClassesIn(before)) {
    if (groups.hasGroup(answers.of, group)) text = withMethod(text, answers.name, answerMember(event, answer));
  }
  for (const constant of constantsIn(before)) {
    const { name, type } = constant;
    if (!groups.hasGroup(type, group)) continue;
    if (type.startsWith('Aggregate<'))
      text = withFold(text, memberText(constant, 'evolve') ?? 'evolve', groups, group, event);
    else if (type.startsWith('Answers<')) text = withMember(text, [name], `${event.pascal}: ${answer}`);
    else if (type.startsWith('Projection<') && !memberText(constant, 'on')?.includes(`(${group}`))
      text = withMember(text, [name, 'on'], `${event.pascal}: 'ignored'`);
  }
  return text;
}

/** Types of the answers that a file has, as a class or as a constant. */
const answersOf = (text: string): readonly string[] => [
  ...answerClassesIn(text).map(({ of }) => of),
  ...constantsIn(text).flatMap(({ type }) => (type.startsWith('Answers<') ? [type] : [])),
];

/** Adds a fold that leaves the state unchanged, until it is filled in. */
function withFold(text: string, evolve: string, groups: EventGroups, group: string, event: Name): string {
  const [state, happened] = functionIn(text, evolve).parameters;
  if (!state || !happened || !groups.hasGroup(happened.type, group)) return text;
  // Events that the state lists as without effect never reach its switch.
  if (event.pascal.endsWith('Refused') && text.includes('changesNothing(event)')) return text;
  return withCaseIn(text, evolve, `'${event.pascal}'`, state.name);
}

/** An object as a literal in code. */
export function literal(fields: Readonly<Record<string, unknown>>): string {
  const members = Object.entries(fields).map(
    ([name, value]) => `${name}: ${JSON.stringify(value).replaceAll('"', "'")}`,
  );
  return `{ ${members.join(', ')} }`;
}

/** Adds a refusal to the service's list of events without effect, if it has one. */
function listRefusal(workspace: Workspace, service: Name, event: Name): void {
  const path = `apps/${service.kebab}/src/decisions/state/changes-nothing.ts`;
  if (!event.pascal.endsWith('Refused') || !workspace.exists(path)) return;
  workspace.update(path, (text) => withElement(text, ['types'], `'${event.pascal}'`));
}

/** The answer as a method, for answers that are a class because some need more than their event. */
function answerMember(event: Name, answer: string): string {
  if (answer === "'silent'" || answer === refusalAnswer) return `readonly ${event.pascal} = ${answer};`;
  return `readonly ${event.pascal} = ({ data }: { readonly data: unknown }): Answer => ({ status: 200, body: data });`;
}
