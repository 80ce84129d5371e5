import { Inject, Injectable } from '@nestjs/common';
import { cutTo, modelName } from '@tokengrid/contracts';
import { StorageClock } from '@tokengrid/event-store';
import { serviceParts } from '@tokengrid/service';
import { Credentials } from '../credentials/credentials.ts';
import { Directory } from '../directory/directory.ts';
import type { OfferFacts } from '../directory/facts.ts';
import {
  type AttemptOutcome,
  type ModelOffer,
  NoRoute,
  type Route,
  Routes,
  type RouteWish,
} from '../serving/routes.ts';
import { allowedOffers, type Ruled } from './allowed-offers.ts';
import { healthyOffers } from './healthy-offers.ts';
import { isSameModel, namedModel } from './named-model.ts';
import { inOrder } from './offer-order.ts';
import { offersInForce } from './offers-in-force.ts';
import { OffersHealth } from './offers-health.ts';

/** Reason why something that is not known may exist all the same; `undefined` if there is none. */
interface Doubts {
  unsure(): Promise<string | undefined>;
}

/**
 * Offers that serve a request: allowed, then healthy, then in the order that its wishes and prices
 * give them.
 */
@Injectable()
export class ModelRoutes extends Routes {
  constructor(
    private readonly directory: Directory,
    private readonly clock: StorageClock,
    @Inject(serviceParts) private readonly doubts: Doubts,
    private readonly credentials: Credentials,
    private readonly health: OffersHealth,
  ) {
    super();
  }

  async choose(wish: RouteWish): Promise<readonly Route[]> {
    const { name, provider } = namedModel(wish.model);
    // A name that no model can have is not looked up.
    const alike = modelName.safeParse(name).success ? await this.directory.offersLike(name) : [];
    const ofModel = alike.filter((offer) => isSameModel(offer.name, name));
    const served = offersInForce(ofModel, this.clock.now());
    if (served.length === 0) throw await this.unknown(name, ofModel, alike);
    const { offers, ruledOut } = allowedOffers(served, { ...wish, provider });
    if (offers.length === 0) throw new NoRoute('not-allowed', notAllowed(served[0]!.model, ruledOut));
    const routes = await this.authorized(this.ordered(offers, wish));
    const healthy = new Set(this.healthy(Array.from(routes.keys())));
    return Array.from(routes.values()).filter(({ offer }) => healthy.has(offer));
  }

  tell(offerId: string, outcome: AttemptOutcome): void {
    if (outcome.kind === 'unauthorized') void this.refused(offerId);
    else this.health.tell(offerId, outcome, performance.now());
  }

  /** Credentials that are refused count as a failure, unless former ones stand in for them. */
  private async refused(offerId: string): Promise<void> {
    const standsIn = await this.credentials.refuse(offerId).catch(() => false);
    if (!standsIn) this.health.tell(offerId, { kind: 'failed' }, performance.now());
  }

  /**
   * Routes of offers, in their order. One whose credentials are lost is left out: it would be
   * called without them.
   */
  private async authorized(ordered: readonly ModelOffer[]): Promise<ReadonlyMap<ModelOffer, Route>> {
    const found = await Promise.all(ordered.map(({ offerId }) => this.credentials.of(offerId)));
    const routes = ordered.flatMap((offer, index) => {
      const authorization = found[index]!;
      return authorization === 'lost' ? [] : [[offer, { offer, authorization: authorization.value }] as const];
    });
    if (routes.length > 0) return new Map(routes);
    throw new NoRoute(
      'none-healthy',
      `the credentials of ${ordered[0]!.model} are lost; its providers have to set them`,
    );
  }

  private ordered(offers: readonly ModelOffer[], wish: RouteWish): readonly ModelOffer[] {
    const ordered = inOrder(offers, wish, (offerId) => this.health.of(offerId).firstUnitMs);
    // With `order`, no fallbacks means those named alone, which are all that is left here.
    return wish.allowFallbacks === false && !wish.order ? ordered.slice(0, 1) : ordered;
  }

  private healthy(ordered: readonly ModelOffer[]): readonly ModelOffer[] {
    const now = performance.now();
    const { offers, retryAfterMs } = healthyOffers(ordered, this.health, now);
    const [first] = offers;
    if (!first) {
      const { model } = ordered[0]!;
      throw new NoRoute('none-healthy', `no provider of ${model} can be reached now`, retryAfterMs);
    }
    if (this.health.passageOf(first.offerId, now) === 'half-open') this.health.probe(first.offerId, now);
    return offers;
  }

  /** What is known to exist and not here yet is not unknown (ADR 12). */
  private async unknown(name: string, ofModel: readonly OfferFacts[], alike: readonly OfferFacts[]): Promise<NoRoute> {
    const doubt = await this.doubts.unsure();
    if (doubt !== undefined) return new NoRoute('none-healthy', `models can't be told now: ${doubt}`);
    if (ofModel.length > 0) return new NoRoute('unknown-model', `${ofModel[0]!.name} is not on offer now`);
    const hint = alike.length > 0 ? `; there is ${alike[0]!.name}` : '';
    return new NoRoute('unknown-model', `no such model: ${cutTo(mostShown, name, '…')}${hint}`);
  }
}

/** Most characters of an unknown name that are repeated. */
const mostShown = 100;

const limitOf: Readonly<Record<Ruled, string>> = {
  provider: 'by provider',
  region: 'by region',
  training: 'by the promise not to train on requests',
  price: 'by price',
};

/** Names the limits that ruled offers out, and how many each did. */
function notAllowed(model: string, ruledOut: readonly Ruled[]): string {
  const counts = Array.from(
    Map.groupBy(ruledOut, (reason) => reason),
    ([reason, { length }]) => `${length} ${limitOf[reason]}`,
  );
  return `no offer of ${model} is allowed: ruled out ${counts.join(', ')}`;
}
