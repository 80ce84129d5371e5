import { functionIn, withNestProvider, withImport } from '../edits.ts';
import { EventGroups } from '../event-groups.ts';
import { Failure } from '../failure.ts';
import { kebabName, type Name, pascalName, thirdPerson, verbAndNoun } from '../names.ts';
import type { Workspace } from '../workspace.ts';
import { dependOn, serviceOf, streamsClassOf } from './found.ts';

export interface PolicyWish {
  readonly service: string;
  /** Decision made after the event: `freeze-wallet`. */
  readonly decision: string;
  /** Service and event: `identity:PartySuspended`. */
  readonly on: string;
}

/** A policy, named by its event and its decision: the command is left to fill in. */
export function generatePolicy(workspace: Workspace, wish: PolicyWish): void {
  const service = serviceOf(workspace, wish.service);
  const decision = verbAndNoun('the decision', wish.decision);
  const [from, type, ...rest] = wish.on.split(':');
  if (!from || !type || rest.length > 0)
    throw new Failure(`"${wish.on}" names no event of a service: identity:PartySuspended.`);
  const other = serviceOf(workspace, from);
  const event = pascalName('the event', type);
  if (!new EventGroups(workspace).has(other.kebab, event.pascal))
    throw new Failure(`${other.kebab} has no event ${event.pascal}.`);
  const { topic, streams } = foundDecision(workspace, service, decision);
  workspace.fill('policy', {
    ...{ 'some service': service, 'other service': other, 'some topic': topic, 'something happened': event },
    ...{ 'do something': decision, 'some streams': streams.name, 'some file': streams.file },
    'does something': { ...decision, words: thirdPerson(decision) },
  });
  dependOn(workspace, service, 'event-bus');
  const policy = `When${event.pascal}${decision.pascal}`;
  workspace.update(`apps/${service.kebab}/src/${service.kebab}.module.ts`, (text) =>
    withNestProvider(
      withImport(text, policy, `./policies/when-${event.kebab}-${decision.kebab}.ts`),
      'controllers',
      ['policies'],
      policy,
    ),
  );
}

/**
 * The folder of a decision, and its streams.
 * @throws Failure for an unknown decision, or one whose type is not exported
 */
function foundDecision(workspace: Workspace, service: Name, decision: Name) {
  const folder = `apps/${service.kebab}/src/decisions`;
  const path = workspace.find(new RegExp(`/${decision.kebab}\\.ts$`), folder)[0];
  if (path === undefined)
    throw new Failure(`${service.kebab} has no decision ${decision.kebab}: npm run generate decision makes one.`);
  const text = workspace.read(path);
  if (!new RegExp(`export (interface|type) ${decision.pascal}\\b`).test(text))
    throw new Failure(`${path} exports no type ${decision.pascal} of its command.`);
  const state = functionIn(text, decision.camel).parameters[0]?.type ?? '';
  return {
    topic: kebabName('the topic', path.slice(folder.length + 1).split('/')[0]!),
    streams: streamsClassOf(workspace, service, (source) => new RegExp(`\\b${state}\\b`).test(source)),
  };
}
