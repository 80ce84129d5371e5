import type { AppRegistryEvent, EventsOf, modelEvents } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';

/** Prices, and their start in epoch milliseconds. */
export interface ScheduledPrices {
  readonly priceVersion: number;
  readonly effectiveFrom: number;
}

/** Maximum number of a model's announced prices. */
export const mostAnnounced = 100;

/** The same including prices withdrawn before their time, which are remembered until then. */
export const mostToCome = 1000;

/** State of a model; one whose offer was refused never exists. */
export type Model =
  | { readonly status: 'none' }
  | { readonly status: 'refused' }
  | {
      readonly status: 'offered';
      readonly name: string;
      readonly providerId: string;
      /** Number of posted prices. */
      readonly posted: number;
      /**
       * Prices not withdrawn, in order of effect; never empty. Of those whose time has come, only
       * the last one may be kept.
       */
      readonly scheduled: readonly ScheduledPrices[];
      /** Withdrawn prices with the latest starts: all whose time has not come. */
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
