import { type AppRegistryEvent, type EventsOf, modelKeyOf, type modelNameEvents } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';

/** Name of a model, and of all that look like it: the first spelling is the model's. */
export type ModelName = { readonly status: 'free' } | { readonly status: 'named'; readonly name: string };

/** The stream of one model's name, and of all that look like it. */
export const modelName: Aggregate<ModelName, AppRegistryEvent> = {
  name: 'model-name',
  stateVersion: 1,
  initial: { status: 'free' },
  evolve: evolveModelName,
};

/**
 * Id of a model name's stream: spellings that differ in capitals, and names that can be confused,
 * share one.
 */
export function modelNameStreamId(name: string): string {
  return `model-name-${modelKeyOf(name)}`;
}

function evolveModelName(state: ModelName, event: EventsOf<typeof modelNameEvents>): ModelName {
  switch (event.type) {
    case 'ModelNamed':
      return { status: 'named', name: event.data.name };
    case 'ModelNameRefused':
      return state;
  }
}
