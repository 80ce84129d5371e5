import type { StoredEvent } from './envelope.ts';
import { type Catalogue, decodeData, type EventDeclaration, UnreadableEvent } from './event.ts';
import { eventsOfEveryService } from './skipped.ts';

/** An event of a newer release: its type or version is unknown here. */
export class NewerEvent extends UnreadableEvent {
  /** An event of a type that is known here, in a later version. */
  static ofVersion(type: string, version: number, latest: number): NewerEvent {
    return new NewerEvent(`${type}: version ${version} is unknown, the latest here is ${latest}`);
  }
}

/**
 * Declaration of a type, which may come from a foreign message; `undefined` for an undeclared one.
 */
export function declarationOf({ events }: Pick<Catalogue, 'events'>, type: string): EventDeclaration | undefined {
  if (Object.hasOwn(events, type)) return events[type];
  return eventsOfEveryService.find((shared) => shared.type === type);
}

/**
 * Decodes a service's event, of this or any earlier version.
 * @throws NewerEvent for an unknown type or version, UnreadableEvent for any other fault
 */
export function readData(
  catalogue: Pick<Catalogue, 'service' | 'events'>,
  { type, version, value }: Pick<StoredEvent, 'type' | 'version' | 'value'>,
): unknown {
  const declaration = declarationOf(catalogue, type);
  if (!declaration) throw new NewerEvent(`${type}: unknown event of ${catalogue.service}`);
  if (version > declaration.version) throw NewerEvent.ofVersion(type, version, declaration.version);
  try {
    return decodeData(declaration, version, value);
  } catch (error) {
    if (error instanceof UnreadableEvent) throw error;
    // An upcaster, or code of a schema, met a value that it did not expect.
    throw new UnreadableEvent(`${type}: ${(error as Error).message}`, { cause: error });
  }
}
