import { aliasesIn, type Constant, constantsIn, elementsOf } from './edits.ts';
import { Failure } from './failure.ts';
import type { Workspace } from './workspace.ts';

/** A list of events in the contracts, `holdEvents`. */
export interface EventGroup {
  readonly name: string;
  readonly path: string;
  /** Names of its own events, in order. */
  readonly events: readonly string[];
  /** Names of the groups that are spread in it. */
  readonly groups: readonly string[];
}

/** Events of the contracts by the lists that they stand in. */
export class EventGroups {
  private readonly groups = new Map<string, EventGroup>();
  private readonly aliases = new Map<string, string>();

  constructor(workspace: Workspace) {
    for (const path of workspace.find(/^libs\/contracts\/src\/.*\.ts$/, 'libs/contracts/src')) {
      if (path.endsWith('.spec.ts')) continue;
      const text = workspace.read(path);
      for (const [name, type] of aliasesIn(text)) this.aliases.set(name, type);
      for (const constant of constantsIn(text)) {
        if (constant.name.endsWith('Events')) this.groups.set(constant.name, groupOf(path, constant));
      }
    }
  }

  /** True if a service has an event of a name. */
  has(service: string, event: string): boolean {
    return this.ofService(service).some(({ events }) => events.includes(event));
  }

  /** The group of a name in a service's contracts. @throws Failure naming those that there are */
  of(service: string, name: string): EventGroup {
    const own = this.ofService(service);
    const found = own.find((group) => group.name === name);
    if (found) return found;
    throw new Failure(
      `There is no group ${name} of events in ${service}; there are: ${own.map((group) => group.name).join(', ')}.`,
    );
  }

  private ofService(service: string): readonly EventGroup[] {
    return [...this.groups.values()].filter(
      ({ path, events }) => events.length > 0 && new RegExp(`^libs/contracts/src/${service}(/|\\.ts$)`).test(path),
    );
  }

  /**
   * True if a type, as written (`WalletEvent`, `EventsOf<typeof holdEvents>`), has all events of a
   * group.
   */
  hasGroup(type: string, group: string): boolean {
    return this.mentioned(type).some((name) => name === group || this.contains(name, group));
  }

  private contains(name: string, group: string): boolean {
    return this.groups.get(name)?.groups.some((inner) => inner === group || this.contains(inner, group)) ?? false;
  }

  private mentioned(type: string): readonly string[] {
    return [...type.matchAll(/\w+/g)].flatMap(([word]) => {
      if (this.groups.has(word)) return [word];
      const alias = this.aliases.get(word);
      return alias === undefined || alias.includes(word) ? [] : this.mentioned(alias);
    });
  }
}

function groupOf(path: string, constant: Constant): EventGroup {
  const elements = elementsOf(constant);
  return {
    name: constant.name,
    path,
    events: elements.filter((element) => !element.startsWith('...')),
    groups: elements.filter((element) => element.startsWith('...')).map((element) => element.slice(3)),
  };
}
