import { catalogues as declared, type EventDeclaration, type TopicAccess } from '@tokengrid/contracts';

/** A service's events in the order in which they are declared, whatever their data. */
export interface DocumentedCatalogue {
  readonly service: string;
  readonly topic: string;
  readonly access: TopicAccess;
  readonly events: readonly EventDeclaration[];
}

/**
 * Catalogues of all services, in reading order.
 * @throws Error for a catalogue without access rules for its topic
 */
export const catalogues: readonly DocumentedCatalogue[] = declared.map(({ service, topic, access, events }) => {
  if (access === undefined) throw new Error(`the catalogue of ${service} does not say who may be granted its topic`);
  return { service, topic, access, events: Object.values<EventDeclaration>(events) };
});
