import { basename } from 'node:path/posix';
import type { TextFile } from './text-files.ts';

const policy = /^apps\/([\w-]+)\/src\/policies\/(?!.*\.spec\.ts$)(.+)\.ts$/;
const action = /^apps\/([\w-]+)\/src\/(?!policies\/)(?!.*\.(?:spec|fixture)\.ts$).*\.ts$/;

/** Most events that the name of a policy says; one of more events says what they have in common. */
const mostInName = 4;

/**
 * Policies whose name lacks an event or a command: `when-<event>-<command>`, several of either
 * joined by `-or-`, so that a search for an event or a command finds its policies. A policy of many
 * events begins in words of its own, and lists them in the file.
 */
export function policyNameFaults(files: readonly TextFile[]): string[] {
  const actions = new Set<string>();
  for (const { path } of files) {
    const [, service] = action.exec(path) ?? [];
    if (service !== undefined) actions.add(`${service}/${basename(path, '.ts')}`);
  }
  return files.flatMap((file) => {
    const [, service, name] = policy.exec(file.path) ?? [];
    if (service === undefined || name === undefined) return [];
    const fault = faultOf(name, file.text, (command) => actions.has(`${service}/${command}`));
    return fault === undefined ? [] : [`${file.path}: ${fault}`];
  });
}

function faultOf(name: string, text: string, isAction: (command: string) => boolean): string | undefined {
  const events = [...(/\bon:\s*\[([^\]]*)\]/.exec(text)?.[1] ?? '').matchAll(/'(\w+)'/g)].map(([, event]) => event!);
  if (events.length === 0) return 'a policy lists its events after `on:`';
  const isLong = events.length > mostInName;
  const listening = isLong ? 'when-' : `when-${events.map(kebab).join('-or-')}-`;
  if (!name.startsWith(listening)) return `the name of this policy begins with ${listening}`;
  const rest = name.slice(listening.length);
  const commands = isLong ? endsOf(rest) : rest.split('-or-');
  const unknown = isLong
    ? commands.some(isAction)
      ? undefined
      : rest
    : commands.find((command) => !isAction(command));
  if (unknown !== undefined) return `the name of this policy ends with a command, but no file is ${unknown}.ts`;
  if (!text.includes(`export class ${pascal(name)} `)) return `the class of this policy is ${pascal(name)}`;
  if (!text.includes(`'${name}'`)) return `the subscriber of this policy is '${name}'`;
  return undefined;
}

/** A name's ends, the longest first: `tokens-came-charge-wallet` ends with `charge-wallet`. */
const endsOf = (name: string): string[] => {
  const words = name.split('-');
  return words.map((_, index) => words.slice(index).join('-'));
};

const kebab = (event: string) => event.replace(/(?!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
const pascal = (name: string) => name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
