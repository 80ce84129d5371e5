import {
  constantsIn,
  functionIn,
  memberText,
  withImport,
  withListElement,
  withMember,
  withNamedArgument,
} from '../edits.ts';
import { EventGroups } from '../event-groups.ts';
import { Failure } from '../failure.ts';
import { type Name, pascalName, reasonName, verbAndNoun } from '../names.ts';
import type { Workspace } from '../workspace.ts';
import { addEvent, type EventWish, literal, refusalAnswer } from './event.ts';
import { serviceOf } from './found.ts';

export interface RefusalWish extends EventWish {
  /** The refused decision: `freeze-wallet`. */
  readonly decision: string;
  /** Its reason: `ALREADY_FROZEN`. */
  readonly reason: string;
}

/** A refusal as it is declared. */
interface Declared {
  readonly service: Name;
  readonly decision: Name;
  readonly code: string;
}

const refusals = ({ camel }: Name) => `${camel}Refusals`;

/**
 * A reason for which a decision is refused: its code with sentence and meaning, its place among the
 * decision's reasons, the event that states it, and its case, which fails until the decision does.
 */
export function generateRefusal(workspace: Workspace, wish: RefusalWish): void {
  const service = serviceOf(workspace, wish.service);
  const decision = verbAndNoun('the decision', wish.decision);
  const reason = reasonName('the reason', wish.reason);
  const event = pascalName('the event', wish.event);
  const declared = { service, decision, code: `${service.constant}.${reason.constant}` };
  const path = decisionIn(workspace, service, decision);
  declare(workspace, declared, reason);
  const fields = state(workspace, wish, declared, event);
  const [before, after] = [': Decided {', `: Decided<'${decision.camel}'> {`];
  if (workspace.read(path).includes(before)) workspace.update(path, (text) => text.replace(before, after));
  addCase(workspace, declared, path, fields);
  const list = `apps/${service.kebab}/simulation/src/checks/refusals.ts`;
  if (workspace.exists(list))
    workspace.update(list, (text) => withListElement(text, 'refusals', event.pascal, `'${declared.code}'`));
}

/** @throws Failure for an unknown decision */
function decisionIn(workspace: Workspace, service: Name, decision: Name): string {
  const [path] = workspace.find(new RegExp(`/${decision.kebab}\\.ts$`), `apps/${service.kebab}/src/decisions`);
  if (path !== undefined) return path;
  throw new Failure(`${service.kebab} has no decision ${decision.kebab}: npm run generate decision makes one.`);
}

/** Declares the code, and puts it last among the decision's reasons. */
function declare(workspace: Workspace, { service, decision, code }: Declared, { words }: Name): void {
  const folder = 'libs/contracts/src/refusals';
  const all = `${folder}/${service.kebab}.ts`;
  const apart = `${folder}/${service.kebab}-codes.ts`;
  const sentence = words[0]!.toUpperCase() + words.slice(1);
  const isThere = workspace.find(/\.ts$/, folder).some((path) => workspace.read(path).includes(`'${code}': `));
  if (isThere) throw new Failure(`There is a code ${code} already.`);
  workspace.update(workspace.exists(apart) ? apart : all, (text) =>
    withMember(
      withImport(text, 'refused', './code.ts'),
      [`${service.camel}Codes`],
      `'${code}': refused(409, '${words}', '${sentence}.')`,
    ),
  );
  workspace.update(all, (text) => withListElement(text, refusals(service), decision.camel, `'${code}'`));
}

/**
 * Has the event carry the decision's codes; an event that is missing is made.
 * @returns the fields that a new event has beside its code
 */
function state(
  workspace: Workspace,
  wish: RefusalWish,
  { service, decision, code }: Declared,
  event: Name,
): Readonly<Record<string, unknown>> {
  const groups = new EventGroups(workspace);
  const isNew = !groups.has(service.kebab, event.pascal);
  const fields = isNew ? addEvent(workspace, wish, refusalAnswer).fields : {};
  const path = workspace
    .find(/\.ts$/, 'libs/contracts/src')
    .find((each) => constantsIn(workspace.read(each)).some(({ name }) => name === event.pascal))!;
  if (isNew) {
    const up = path.split('/').length > 4 ? '../' : './';
    workspace.update(path, (text) => {
      const codes = withImport(text, 'codesOf', `${up}refusals/commands.ts`);
      const carrying = withImport(codes, refusals(service), `${up}refusals/${service.kebab}.ts`);
      return withCode(carrying, event, `code: codesOf(${refusals(service)}, '${decision.camel}')`);
    });
    workspace.update(`libs/contracts/src/samples/${service.kebab}.json`, (text) => {
      const samples = JSON.parse(text) as Record<string, Record<string, object>>;
      return text.replace(
        new RegExp(`("${event.pascal}": \\{\\s*"1": )\\{[^}]*\\}`),
        (_, before: string) => `${before}${JSON.stringify({ ...samples[event.pascal]!['1'], code })}`,
      );
    });
    return fields;
  }
  const text = workspace.read(path);
  const named = withNamedArgument(text, event.pascal, ['codesOf', 'refusalFields'], `'${decision.camel}'`);
  if (named !== text) workspace.update(path, () => named);
  return fields;
}

/** Adds the code to the object of an event's declaration. */
function withCode(text: string, event: Name, member: string): string {
  const at = text.indexOf(`export const ${event.pascal} = event(`);
  const end = text.indexOf(' })', at);
  return `${text.slice(0, end)}, ${member}${text.slice(end)}`;
}

/** Adds a case to the decision's, or its first with the event's own fields as the command's. */
function addCase(
  workspace: Workspace,
  { service, decision, code }: Declared,
  path: string,
  fields: Readonly<Record<string, unknown>>,
): void {
  const folder = `apps/${service.kebab}/src/decisions`;
  const situation = `'${code}': {}`;
  const files = workspace.find(/\/precedence(\.spec|\/\w[^/]*\.fixture)\.ts$/, folder).flatMap((file) => {
    const text = workspace.read(file);
    const cases = constantsIn(text).find(
      ({ name }) => /^(\w+Cases|cases)$/.test(name) && text.includes('precedenceCases('),
    );
    return cases ? [{ file, text, cases }] : [];
  });
  const known = files.find(({ cases }) => memberText(cases, decision.camel) !== undefined);
  if (known) {
    const { cases, file } = known;
    workspace.update(file, (text) => withMember(text, [cases.name, decision.camel, '2'], situation));
    return;
  }
  const topic = path.split('/').at(-2)!;
  const home = files.find(({ text }) => text.includes(`/${topic}/`)) ?? files[0];
  if (!home) throw new Failure(`${folder} has no cases of refusals (precedence.spec.ts) to add to.`);
  const source = workspace.read(path);
  const stateType = functionIn(source, decision.camel).parameters[0]?.type ?? '';
  const stream = /from '\.\.\/state\/([\w-]+)\.ts'/.exec(
    source.split('\n').find((line) => line.includes(stateType) && line.includes('../state/')) ?? '',
  )?.[1];
  if (stream === undefined) throw new Failure(`${path} names no state of ${folder}/state.`);
  const aggregate = constantsIn(workspace.read(`${folder}/state/${stream}.ts`)).find(({ type }) =>
    type.startsWith(`Aggregate<${stateType}`),
  );
  if (!aggregate) throw new Failure(`${folder}/state/${stream}.ts has no aggregate of ${stateType}.`);
  const up = home.file.endsWith('.spec.ts') ? './' : '../';
  const list = /\bas declared\b/.test(home.text) ? 'declared' : refusals(service);
  workspace.update(home.file, (text) =>
    withMember(
      withImport(
        withImport(text, decision.camel, `${up}${topic}/${decision.kebab}.ts`),
        aggregate.name,
        `${up}state/${stream}.ts`,
      ),
      [home.cases.name],
      `${decision.camel}: precedenceCases(
        { aggregate: ${aggregate.name}, decide: ${decision.camel}, given: [], when: ${literal(fields)} },
        ${list}.${decision.camel},
        { ${situation} },
      )`,
    ),
  );
}
