import type { AppRegistryEvent } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';

/** Compute on offer. A model whose offer was refused never comes to be. */
export type Model =
  | { readonly status: 'none' }
  | { readonly status: 'refused' }
  | {
      readonly status: 'offered';
      readonly name: string;
      readonly providerId: string;
      readonly priceVersion: number;
      /** When the prices posted last take effect, in epoch milliseconds. */
      readonly lastEffectiveFrom: number;
    };

/** The stream of one model, `mod_…`. */
export const model: Aggregate<Model, AppRegistryEvent> = {
  name: 'model',
  stateVersion: 1,
  initial: { status: 'none' },
  evolve: evolveModel,
};

function evolveModel(state: Model, event: AppRegistryEvent): Model {
  switch (event.type) {
    case 'ModelOffered':
    case 'ModelPriced': {
      const { name, providerId, priceVersion, effectiveFrom } = event.data;
      return { status: 'offered', name, providerId, priceVersion, lastEffectiveFrom: Date.parse(effectiveFrom) };
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
    case 'AppSuspended':
    case 'AppReinstated':
    case 'AppRefused':
    case 'AppSubscribed':
    case 'AppUnsubscribed':
    case 'SubscriptionRefused':
      return state;
  }
}
