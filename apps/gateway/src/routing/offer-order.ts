import { hash } from 'node:crypto';
import { scaled } from '@tokengrid/contracts';
import type { ModelOffer, RouteWish } from '../serving/routes.ts';
import { isNamed } from './allowed-offers.ts';

/** Parts of a wish that say which of several offers is the better one. */
export type Preferences = Pick<RouteWish, 'order' | 'sort' | 'affinity'>;

/** Milliseconds to the first unit of an offer's answers, as measured; `undefined` if none was. */
export type LatencyOf = (offerId: string) => number | undefined;

/** Units of a request by which prices are compared: offers price different meters. */
const typicalUnits: readonly (readonly [meter: string, units: bigint])[] = [
  ['input_tokens', 1000n],
  ['output_tokens', 300n],
  ['requests', 1n],
  ['images', 1n],
  ['gpu_seconds', 1n],
  ['audio_seconds', 10n],
];

/** Cost of a typical request, µAIT × 10^6. */
export function typicalCost({ prices }: Pick<ModelOffer, 'prices'>): bigint {
  return typicalUnits.reduce((cost, [meter, units]) => cost + units * scaled(prices.get(meter) ?? '0'), 0n);
}

/**
 * Offers in the order in which they are tried: those that the request names in `order`, then the
 * others by its `sort`; by default the one that it has an affinity for, then the cheapest.
 */
export function inOrder(
  offers: readonly ModelOffer[],
  { order = [], sort, affinity }: Preferences,
  latencyOf: LatencyOf,
): readonly ModelOffer[] {
  const placeOf = (offer: ModelOffer) => order.findIndex((name) => isNamed(offer, name));
  const named = offers.filter((offer) => placeOf(offer) !== -1).sort((one, other) => placeOf(one) - placeOf(other));
  const others = offers.filter((offer) => placeOf(offer) === -1);
  return [...named, ...sorted(others, sort, affinity, latencyOf)];
}

function sorted(
  offers: readonly ModelOffer[],
  sort: Preferences['sort'],
  affinity: string,
  latencyOf: LatencyOf,
): readonly ModelOffer[] {
  const byPrice = cheapestFirst(offers);
  // An offer that was never measured goes first, so that it will be.
  if (sort === 'latency') {
    const latency = ({ offerId }: ModelOffer) => latencyOf(offerId) ?? 0;
    return [...byPrice].sort((one, other) => latency(one) - latency(other));
  }
  if (sort === 'price' || byPrice.length < 2) return byPrice;
  const favourite = favouriteOf(byPrice, affinity);
  return [favourite, ...byPrice.filter((offer) => offer !== favourite)];
}

/** Of equal prices, the older offer: its id is the smaller one. */
function cheapestFirst(offers: readonly ModelOffer[]): readonly ModelOffer[] {
  const costs = new Map(offers.map((offer) => [offer, typicalCost(offer)]));
  return [...offers].sort((one, other) => {
    const [cost, otherCost] = [costs.get(one)!, costs.get(other)!];
    if (cost !== otherCost) return cost < otherCost ? -1 : 1;
    return one.offerId < other.offerId ? -1 : 1;
  });
}

/** Weight of the cheapest offer; that of one which costs n times as much is n² times smaller. */
const fullWeight = 1_000_000n;

/**
 * Weighted rendezvous hashing: each affinity has one favourite, which it keeps while that offer is
 * there; cheap offers are the favourites of more, by the inverse square of their price.
 * @param byPrice the cheapest first; at least one
 */
function favouriteOf(byPrice: readonly ModelOffer[], affinity: string): ModelOffer {
  const least = typicalCost(byPrice[0]!);
  let [favourite, best] = [byPrice[0]!, -1];
  for (const offer of byPrice) {
    const cost = typicalCost(offer);
    const weight = cost === least ? fullWeight : (fullWeight * least * least) / (cost * cost);
    const score = Number(weight) / -Math.log(drawOf(affinity, offer.offerId));
    if (score > best) [favourite, best] = [offer, score];
  }
  return favourite;
}

/** A number above 0 and below 1 that an affinity and an offer always have. */
function drawOf(affinity: string, offerId: string): number {
  const digits = hash('sha256', `${affinity}\n${offerId}`).slice(0, 12);
  return (Number.parseInt(digits, 16) + 0.5) / 2 ** 48;
}
