import type { AppRegistryEvent, EventsOf, modelEvents } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';

/** Prices, and when they take effect, in epoch milliseconds. */
export interface ScheduledPrices {
  readonly priceVersion: number;
  readonly effectiveFrom: number;
}

/** Prices of a model whose time has not come. */
export const mostAnnounced = 100;

/**
 * The same, with those that were withdrawn before their time: so many are remembered until then.
 */
export const mostToCome = 1000;

/** Compute on offer. A model whose offer was refused never comes to be. */
export type Model =
  | { readonly status: 'none' }
  | { readonly status: 'refused' }
  | {
      readonly status: 'offered';
      readonly name: string;
      readonly providerId: string;
      /** How many prices were posted. */
      readonly posted: number;
      /**
       * Prices that were not withdrawn, in the order in which they take effect: never none, and of
       * those whose time has come perhaps only the last.
       */
      readonly scheduled: readonly ScheduledPrices[];
      /**
       * Prices that were withdrawn, those that would take effect last: all whose time has not come.
       */
      readonly withdrawn: readonly ScheduledPrices[];
    };

/** The stream of one model, `mod_…`. */
export const model: Aggregate<Model, AppRegistryEvent> = {
  name: 'model',
  stateVersion: 3,
  initial: { status: 'none' },
  evolve: evolveModel,
};

function evolveModel(state: Model, event: EventsOf<typeof modelEvents>): Model {
  switch (event.type) {
    case 'ModelOffered':
    case 'ModelPriced': {
      const { name, providerId, priceVersion: posted } = event.data;
      const before = state.status === 'offered' ? state : { scheduled: [], withdrawn: [] };
      const scheduled = [...before.scheduled, scheduledPrices(event.data)].slice(-mostAnnounced - 1);
      return { status: 'offered', name, providerId, posted, scheduled, withdrawn: before.withdrawn };
    }
    case 'ModelPriceWithdrawn': {
      if (state.status !== 'offered') return state;
      const { priceVersion } = event.data;
      const isIt = (prices: ScheduledPrices) => prices.priceVersion === priceVersion;
      const withdrawn = [...state.withdrawn, ...state.scheduled.filter(isIt)]
        .sort((a, b) => a.effectiveFrom - b.effectiveFrom)
        .slice(-mostToCome);
      return { ...state, scheduled: state.scheduled.filter((prices) => !isIt(prices)), withdrawn };
    }
    case 'ModelRefused':
      return state.status === 'offered' ? state : { status: 'refused' };
  }
}

function scheduledPrices(posted: { readonly priceVersion: number; readonly effectiveFrom: string }): ScheduledPrices {
  return { priceVersion: posted.priceVersion, effectiveFrom: Date.parse(posted.effectiveFrom) };
}
