import { inForceAt, type OfferFacts } from '../directory/facts.ts';
import type { ModelOffer } from '../serving/routes.ts';

/** Offers that serve at a time, with the prices in force. */
export function offersInForce(offers: readonly OfferFacts[], time: number): readonly ModelOffer[] {
  return offers.flatMap((offer) => {
    const list = inForceAt(offer.priceLists, time);
    return offer.isServed && list ? [modelOffer(offer, list)] : [];
  });
}

function modelOffer(offer: OfferFacts, { version, prices }: OfferFacts['priceLists'][number]): ModelOffer {
  const { modelId: offerId, providerId, name: model, endpoint, region, capacity, tokenizer } = offer;
  return {
    ...{ offerId, providerId, model, endpoint, region },
    capacity: capacity ?? undefined,
    tokenizer: tokenizer ?? undefined,
    // Who promises nothing may do it.
    trainsOnData: offer.training !== false,
    retentionDays: offer.retentionDays ?? undefined,
    prices: new Map(prices.map(({ meter, unitPrice }) => [meter, unitPrice])),
    priceVersion: version,
  };
}
