import { cutTo } from '@tokengrid/contracts';
import { type AttemptOutcome, NoRoute, type Route, Routes, type RouteWish } from '../serving/routes.ts';

/** Routes that a spec sets, by the name of their model. */
export class RoutesOfSpecs extends Routes {
  readonly wishes: RouteWish[] = [];
  readonly told: { readonly offerId: string; readonly outcome: AttemptOutcome }[] = [];
  routes: readonly Route[] = [];

  override choose(wish: RouteWish): Promise<readonly Route[]> {
    this.wishes.push(wish);
    const [name] = wish.model.split('@');
    const found = this.routes.filter(({ offer }) => offer.model === name);
    if (found.length > 0) return Promise.resolve(found);
    return Promise.reject(new NoRoute('unknown-model', `no such model: ${cutTo(100, wish.model)}`));
  }

  override tell(offerId: string, outcome: AttemptOutcome): void {
    this.told.push({ offerId, outcome });
  }
}
