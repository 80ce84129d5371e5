import type { AppRegistryEvent, EventsOf, nameEvents } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';

/** Owner of a slug or a model's name: the id of an app or model. */
export type Name =
  | { readonly status: 'free' }
  /** `expiresAt`: epoch milliseconds; the app or model has to be decided before. */
  | { readonly status: 'reserved'; readonly ownerId: string; readonly expiresAt: number }
  | { readonly status: 'taken'; readonly ownerId: string };

export type NameKind = 'slug' | 'model';

/** The stream of one name. */
export const name: Aggregate<Name, AppRegistryEvent> = {
  name: 'name',
  stateVersion: 1,
  initial: { status: 'free' },
  evolve: evolveName,
};

/** Id of a name's stream. */
export function nameStreamId(kind: NameKind, reserved: string): string {
  return `name-${kind}-${reserved}`;
}

function evolveName(state: Name, event: EventsOf<typeof nameEvents>): Name {
  switch (event.type) {
    case 'NameReserved':
      return { status: 'reserved', ownerId: event.data.ownerId, expiresAt: Date.parse(event.data.expiresAt) };
    case 'NameConfirmed':
      return { status: 'taken', ownerId: event.data.ownerId };
    case 'NameRefused':
      return state;
  }
}
