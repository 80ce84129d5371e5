import type { ModelOffer } from '../serving/routes.ts';

/** An offer of the model `qwen` at a price per input token. */
export function offerAt(offerId: string, inputPrice: string, over: Partial<ModelOffer> = {}): ModelOffer {
  return {
    ...{ offerId, providerId: `org_of_${offerId}`, model: 'qwen', endpoint: 'https://models.example/v1' },
    ...{ region: 'eu-west', capacity: undefined, tokenizer: undefined, trainsOnData: false, retentionDays: undefined },
    ...{ prices: new Map([['input_tokens', inputPrice]]), priceVersion: 1 },
    ...over,
  };
}

export const idsOf = (offers: readonly Pick<ModelOffer, 'offerId'>[]) => offers.map(({ offerId }) => offerId);
