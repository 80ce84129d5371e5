import type { AppRegistryEvent, EventOf, EventsOf, modelEvents, ModelSubmitted } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';

/** Prices, and their start in epoch milliseconds. */
export interface ScheduledPrices {
  readonly priceVersion: number;
  readonly effectiveFrom: number;
}

/** Maximum number of an offer's announced prices. */
export const mostAnnounced = 100;

/** The same including prices withdrawn before their time, which are remembered until then. */
export const mostToCome = 1000;

/** What an offer says, before it is in force. */
export type Submission = EventOf<typeof ModelSubmitted>['data'];

/** An offer that is in force, or was. */
export interface OfferedModel {
  readonly status: 'offered' | 'suspended' | 'withdrawn';
  readonly modelId: string;
  readonly name: string;
  readonly providerId: string;
  /** The operator's share by the last prices that were posted. */
  readonly operatorBps: number;
  /** Number of posted prices. */
  readonly posted: number;
  /**
   * Prices not withdrawn, in order of effect; never empty. Of those whose time has come, only the
   * last one may be kept.
   */
  readonly scheduled: readonly ScheduledPrices[];
  /** Withdrawn prices with the latest starts: all whose time has not come. */
  readonly withdrawn: readonly ScheduledPrices[];
}

/** State of an offer of a model; a refused one never exists. */
export type Model =
  | { readonly status: 'none' }
  | { readonly status: 'refused' }
  /** It waits for the operator's approval, or was rejected. */
  | { readonly status: 'pending' | 'rejected'; readonly submission: Submission }
  | OfferedModel;

/** Status of an offer that exists. */
export type ModelStatus = Exclude<Model['status'], 'none' | 'refused'>;

/** The stream of one offer of a model, `mod_…`. */
export const model: Aggregate<Model, AppRegistryEvent> = {
  name: 'model',
  stateVersion: 4,
  initial: { status: 'none' },
  evolve: evolveModel,
};

/** True if the offer is in force, or was. */
export function wasOffered(state: Model): state is OfferedModel {
  return 'posted' in state;
}

function evolveModel(state: Model, event: EventsOf<typeof modelEvents>): Model {
  switch (event.type) {
    case 'ModelSubmitted':
      return { status: 'pending', submission: event.data };
    case 'ModelRejected':
      return state.status === 'pending' ? { ...state, status: 'rejected' } : state;
    case 'ModelOffered':
    case 'ModelPriced': {
      const { modelId, name, providerId, operatorBps, priceVersion: posted } = event.data;
      const before = wasOffered(state) ? state : { status: 'offered' as const, scheduled: [], withdrawn: [] };
      const scheduled = [...before.scheduled, scheduledPrices(event.data)].slice(-mostAnnounced - 1);
      const { status, withdrawn } = before;
      return { status, modelId, name, providerId, operatorBps, posted, scheduled, withdrawn };
    }
    case 'ModelPriceWithdrawn': {
      if (!wasOffered(state)) return state;
      const { priceVersion } = event.data;
      const isIt = (prices: ScheduledPrices) => prices.priceVersion === priceVersion;
      const withdrawn = [...state.withdrawn, ...state.scheduled.filter(isIt)]
        .sort((a, b) => a.effectiveFrom - b.effectiveFrom)
        .slice(-mostToCome);
      return { ...state, scheduled: state.scheduled.filter((prices) => !isIt(prices)), withdrawn };
    }
    case 'ModelSuspended':
      return changed(state, 'suspended');
    case 'ModelReinstated':
      return changed(state, 'offered');
    case 'ModelWithdrawn':
      return changed(state, 'withdrawn');
    case 'ModelRefused':
      return state.status === 'none' ? { status: 'refused' } : state;
  }
}

function changed(state: Model, status: OfferedModel['status']): Model {
  return wasOffered(state) ? { ...state, status } : state;
}

function scheduledPrices(posted: { readonly priceVersion: number; readonly effectiveFrom: string }): ScheduledPrices {
  return { priceVersion: posted.priceVersion, effectiveFrom: Date.parse(posted.effectiveFrom) };
}
