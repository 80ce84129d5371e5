import type { EventOf, EventsOf, MeteringEvent, usageEvents, UsageParked, UsageRated } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';

type Rated = EventOf<typeof UsageRated>['data'];

/** A reported use: payer, subject, time and units. */
export type Use = Omit<EventOf<typeof UsageParked>['data'], 'waitsFor'>;

/** Part of a rated use that is still needed when the wallet has answered. */
export type Charge = Pick<Rated, 'usageId' | 'chargeId' | 'partyId' | 'time' | 'app' | 'model' | 'tokens' | 'shares'>;

/**
 * A use, from `unreported` to `billed` or `uncollected`. `parked` is "recycled" in TM Forum's
 * TMF635; its `received` and `guided` happen within the decision that rates or parks.
 */
export type Usage =
  | { readonly status: 'unreported' }
  | { readonly status: 'parked'; readonly use: Use }
  | { readonly status: 'rated'; readonly charge: Charge }
  | { readonly status: 'billed' }
  | { readonly status: 'uncollected' };

function evolve(_usage: Usage, event: EventsOf<typeof usageEvents>): Usage {
  switch (event.type) {
    case 'UsageParked':
      return { status: 'parked', use: useOf(event.data) };
    case 'UsageRated':
      return { status: 'rated', charge: chargeOf(event.data) };
    case 'UsageBilled':
      return { status: 'billed' };
    case 'UsageUncollected':
      return { status: 'uncollected' };
  }
}

function useOf({ waitsFor: _, ...use }: EventOf<typeof UsageParked>['data']): Use {
  return use;
}

function chargeOf({ usageId, chargeId, partyId, time, app, model, tokens, shares }: Rated): Charge {
  return { usageId, chargeId, partyId, time, app, model, tokens, shares };
}

/**
 * Streams named by `usageId`, which derives from the reporter and the report's `source` and `id`.
 */
export const usage: Aggregate<Usage, MeteringEvent> = {
  name: 'usage',
  stateVersion: 1,
  initial: { status: 'unreported' },
  evolve,
};
