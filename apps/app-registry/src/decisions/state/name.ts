import { type AppRegistryEvent, type EventsOf, type nameEvents, skeletonOf } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';

/** Owner of a slug, and of all that look like it: the id of an app. */
export type Name =
  | { readonly status: 'free' }
  /** `expiresAt`: epoch milliseconds; the app has to be decided before. */
  | { readonly status: 'reserved'; readonly name: string; readonly ownerId: string; readonly expiresAt: number }
  | { readonly status: 'taken'; readonly name: string; readonly ownerId: string };

/** The stream of one slug, and of all that look like it. */
export const name: Aggregate<Name, AppRegistryEvent> = {
  name: 'name',
  stateVersion: 2,
  initial: { status: 'free' },
  evolve: evolveName,
};

/**
 * Id of a slug's stream: slugs that can be confused share one, so that one of them is given away.
 */
export function nameStreamId(reserved: string): string {
  return `name-slug-${skeletonOf(reserved)}`;
}

function evolveName(state: Name, event: EventsOf<typeof nameEvents>): Name {
  switch (event.type) {
    case 'NameReserved': {
      const { name, ownerId, expiresAt } = event.data;
      return { status: 'reserved', name, ownerId, expiresAt: Date.parse(expiresAt) };
    }
    case 'NameConfirmed':
      return { status: 'taken', name: event.data.name, ownerId: event.data.ownerId };
    case 'NameRefused':
      return state;
  }
}
