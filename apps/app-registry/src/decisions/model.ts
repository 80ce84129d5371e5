import type { AppRegistryEvent } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';

/** Prices, and when they take effect, in epoch milliseconds. */
export interface ScheduledPrices {
  readonly priceVersion: number;
  readonly effectiveFrom: number;
}

/** Prices of a model whose time has not come. */
export const mostAnnounced = 100;

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
       * Prices that were not withdrawn, in the order in which they take effect: never none, and of those whose time has come perhaps
       * only the last.
       */
      readonly scheduled: readonly ScheduledPrices[];
      /** Versions: providers withdraw few. */
      readonly withdrawn: readonly number[];
    };

/** The stream of one model, `mod_…`. */
export const model: Aggregate<Model, AppRegistryEvent> = {
  name: 'model',
  stateVersion: 2,
  initial: { status: 'none' },
  evolve: evolveModel,
};

function evolveModel(state: Model, event: AppRegistryEvent): Model {
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
      const scheduled = state.scheduled.filter((prices) => prices.priceVersion !== priceVersion);
      return { ...state, scheduled, withdrawn: [...state.withdrawn, priceVersion] };
    }
    case 'ModelRefused':
      return state.status === 'offered' ? state : { status: 'refused' };
    case 'NameReserved':
    case 'NameConfirmed':
    case 'NameRefused':
    case 'AppCreated':
    case 'VersionDrafted':
    case 'VersionSubmitted':
    case 'VersionApproved':
    case 'VersionRejected':
    case 'VersionPublished':
    case 'VersionDeprecated':
    case 'VersionWithdrawn':
    case 'AppSuspended':
    case 'AppReinstated':
    case 'AppRefused':
    case 'AppSubscribed':
    case 'AppUnsubscribed':
    case 'SubscriptionRefused':
      return state;
  }
}

function scheduledPrices(posted: { readonly priceVersion: number; readonly effectiveFrom: string }): ScheduledPrices {
  return { priceVersion: posted.priceVersion, effectiveFrom: Date.parse(posted.effectiveFrom) };
}
