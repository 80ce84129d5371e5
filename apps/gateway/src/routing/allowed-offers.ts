import { scaled } from '@tokengrid/contracts';
import type { ModelOffer, RouteWish } from '../serving/routes.ts';

/** Parts of a wish that rule offers out. */
export type Limits = Pick<
  RouteWish,
  'order' | 'only' | 'ignore' | 'allowFallbacks' | 'maxPrice' | 'region' | 'denyTraining'
> & {
  /** Provider or offer behind the `@` of the model's name. */
  readonly provider?: string | undefined;
};

/** Reason for which an offer may not serve a request. */
export type Ruled = 'provider' | 'region' | 'training' | 'price';

/** Offers that may serve a request, and the reasons for which others may not. */
export interface Allowed {
  readonly offers: readonly ModelOffer[];
  /** One for each of the other offers. */
  readonly ruledOut: readonly Ruled[];
}

/** True if a name in a request is that of the offer's provider, or of the offer itself. */
export const isNamed = ({ providerId, offerId }: Pick<ModelOffer, 'providerId' | 'offerId'>, name: string): boolean =>
  name === providerId || name === offerId;

/** Rules out what a request may not be served by. */
export function allowedOffers(offers: readonly ModelOffer[], limits: Limits): Allowed {
  const reasons = offers.map((offer) => whyNot(offer, limits));
  return {
    offers: offers.filter((_, index) => reasons[index] === undefined),
    ruledOut: reasons.filter((reason) => reason !== undefined),
  };
}

function whyNot(offer: ModelOffer, limits: Limits): Ruled | undefined {
  if (!isOfProvider(offer, limits)) return 'provider';
  const { region, denyTraining, maxPrice } = limits;
  if (region !== undefined && region.toLowerCase() !== offer.region.toLowerCase()) return 'region';
  if (denyTraining && offer.trainsOnData) return 'training';
  return maxPrice && costsMore(offer, maxPrice) ? 'price' : undefined;
}

function isOfProvider(offer: ModelOffer, { provider, only, ignore, order, allowFallbacks }: Limits): boolean {
  const isIn = (names: readonly string[]) => names.some((name) => isNamed(offer, name));
  if (provider !== undefined && !isNamed(offer, provider)) return false;
  if (only && !isIn(only)) return false;
  if (ignore && isIn(ignore)) return false;
  return !(order && allowFallbacks === false) || isIn(order);
}

/** True if one meter costs more than the request allows for it. */
function costsMore({ prices }: ModelOffer, maxPrice: ReadonlyMap<string, string>): boolean {
  return [...maxPrice].some(([meter, most]) => scaled(prices.get(meter) ?? '0') > scaled(most));
}
