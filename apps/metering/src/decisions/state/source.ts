import type { EventsOf, MeteringEvent, sourceEvents } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';

/** Mapping of one party's events of one type. */
export interface Source {
  /** Number of its versions, removals among them. */
  readonly version: number;
}

function evolve(_source: Source, event: EventsOf<typeof sourceEvents>): Source {
  switch (event.type) {
    case 'SourceSet':
    case 'SourceRemoved':
      return { version: event.data.version };
  }
}

/** Streams named by `sourceId`, which derives from the party and the type of events. */
export const source: Aggregate<Source, MeteringEvent> = {
  name: 'source',
  stateVersion: 1,
  initial: { version: 0 },
  evolve,
};
