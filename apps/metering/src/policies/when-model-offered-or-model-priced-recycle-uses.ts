import { Controller } from '@nestjs/common';
import type { EventOf, ModelOffered, ModelPriced } from '@tokengrid/contracts';
import { appRegistryCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { type Arrival, Recycling } from '../flows/recycling.ts';
import type { Facts } from '../rate-card/facts.ts';

type Priced = EventOf<typeof ModelOffered | typeof ModelPriced>;

@Controller()
export class WhenModelOfferedOrModelPricedRecycleUses {
  constructor(private readonly recycling: Recycling) {}

  /**
   * Rates usage of a model that was reported before the model, or a price for the used meters, was
   * known.
   */
  @Policy({
    name: 'when-model-offered-or-model-priced-recycle-uses',
    from: appRegistryCatalogue,
    on: ['ModelOffered', 'ModelPriced'],
  })
  recycleUses(event: Recorded<Priced>, reaction: Reaction) {
    return this.recycling.release(modelArrival(event), reaction);
  }
}

/** Arrival of an offer's price list. */
function modelArrival({ data: { modelId, name, priceVersion } }: Priced): Arrival {
  return {
    about: { model: name },
    needs: () => [`model:${name}`, `model:${name}:${modelId}`, `price:model:${name}`],
    isIn: ({ models }) =>
      offerIn(models, name, modelId)?.prices.some(({ version }) => version === priceVersion) ?? false,
  };
}

const offerIn = (models: Facts['models'], name: string, modelId: string) =>
  models.get(name)?.find(({ offer }) => offer === modelId);
