import type { StoredEvent } from './envelope.ts';
import { type Catalogue, decodeData, type EventDeclaration, UnreadableEvent } from './event.ts';
import { eventsOfEveryService } from './skipped.ts';

/** An event of a release that is newer than this one: its type, or its version, is not known here yet. */
export class NewerEvent extends UnreadableEvent {}

/** Declaration of a type, which may come from anybody's message; `undefined` for one that the service does not declare. */
export function declarationOf({ events }: Pick<Catalogue, 'events'>, type: string): EventDeclaration | undefined {
  if (Object.hasOwn(events, type)) return events[type];
  return eventsOfEveryService.find((shared) => shared.type === type);
}

/**
 * Reads a service's event, of this or any earlier version.
 * @throws NewerEvent for a type or a version that is not known here, UnreadableEvent for whatever else is wrong with it
 */
export function readData(
  catalogue: Pick<Catalogue, 'service' | 'events'>,
  { type, version, value }: Pick<StoredEvent, 'type' | 'version' | 'value'>,
): unknown {
  const declaration = declarationOf(catalogue, type);
  if (!declaration) throw new NewerEvent(`${type} is not an event of ${catalogue.service} that is known here`);
  if (version > declaration.version)
    throw new NewerEvent(`${type}: version ${version} is later than ${declaration.version}, the last known here`);
  try {
    return decodeData(declaration, version, value);
  } catch (error) {
    if (error instanceof UnreadableEvent) throw error;
    // An upcaster, or a schema's own code, met what nobody expected there.
    throw new UnreadableEvent(`${type}: ${(error as Error).message}`, { cause: error });
  }
}
