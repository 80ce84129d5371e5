import type { callerKeyEvents, EventsOf, GatewayEvent } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';

/** Id of the one stream of keys that sign who calls an app. */
export const callerKeysStreamId = 'caller-keys';

/** Keys that sign who calls an app. */
export interface CallerKeys {
  /** Ids of the last ones, the newest at the end: more than are in force at a time. */
  readonly latest: readonly string[];
}

/** Maximum number of keys that the state remembers. */
const mostRemembered = 8;

/** The stream of all keys that sign who calls an app. */
export const callerKeys: Aggregate<CallerKeys, GatewayEvent> = {
  name: 'caller-keys',
  stateVersion: 1,
  initial: { latest: [] },
  evolve: ({ latest }: CallerKeys, { data: { keyId } }: EventsOf<typeof callerKeyEvents>): CallerKeys => ({
    latest: [...latest, keyId].slice(-mostRemembered),
  }),
};
