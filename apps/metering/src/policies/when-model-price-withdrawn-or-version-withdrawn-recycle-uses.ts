import { Controller } from '@nestjs/common';
import type { EventOf, ModelPriceWithdrawn, VersionWithdrawn } from '@tokengrid/contracts';
import { appRegistryCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { type Arrival, Recycling } from '../flows/recycling.ts';

type Withdrawn = EventOf<typeof ModelPriceWithdrawn | typeof VersionWithdrawn>;

@Controller()
export class WhenModelPriceWithdrawnOrVersionWithdrawnRecycleUses {
  constructor(private readonly recycling: Recycling) {}

  /** Rates usage that withdrawn terms could not rate, by the terms before them. */
  @Policy({
    name: 'when-model-price-withdrawn-or-version-withdrawn-recycle-uses',
    from: appRegistryCatalogue,
    on: ['ModelPriceWithdrawn', 'VersionWithdrawn'],
  })
  recycleUses(event: Recorded<Withdrawn>, reaction: Reaction) {
    return this.recycling.release(withdrawal(event), reaction);
  }
}

/**
 * Arrival of a withdrawal: uses of its time no longer wait for prices that the withdrawn terms
 * lack.
 */
function withdrawal(event: Withdrawn): Arrival {
  if (event.type === 'ModelPriceWithdrawn') {
    const { modelId, name, priceVersion } = event.data;
    return {
      about: { model: name },
      needs: () => [`price:model:${name}`],
      isIn: ({ models }) =>
        models
          .get(name)
          ?.find(({ offer }) => offer === modelId)
          ?.prices.some(({ version, withdrawn }) => withdrawn && version === priceVersion) ?? false,
    };
  }
  const { slug, version } = event.data;
  const known = (facts: Parameters<Arrival['isIn']>[0]) =>
    facts.apps.get(slug)?.versions.find((other) => other.withdrawn && other.version === version);
  return {
    about: { app: slug },
    needs: (facts) => (known(facts)?.plans ?? []).map(({ id }) => `plan:${slug}:${id}`),
    isIn: (facts) => known(facts) !== undefined,
  };
}
