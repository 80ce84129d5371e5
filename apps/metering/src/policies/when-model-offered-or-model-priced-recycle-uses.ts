import { Controller } from '@nestjs/common';
import type { EventOf, ModelOffered, ModelPriced } from '@tokengrid/contracts';
import { appRegistryCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { type Arrival, Recycling } from '../flows/recycling.ts';

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

/** Arrival of a model's price list. */
function modelArrival({ data: { name, priceVersion } }: Priced): Arrival {
  return {
    about: { model: name },
    needs: () => [`model:${name}`, `price:model:${name}`],
    isIn: ({ models }) => models.get(name)?.prices.some(({ version }) => version === priceVersion) ?? false,
  };
}
