import type { PlanTerms } from './plan-prices.ts';
import type { Aggregation } from './quantities.ts';

/** Unit price of a meter, in µAIT, as a decimal. */
export type Prices = Readonly<Record<string, string>>;

/** Fact in force from a time: epoch milliseconds. */
interface From {
  readonly from: number;
}

export interface ModelList extends From {
  readonly version: number;
  readonly operatorBps: number;
  readonly prices: Prices;
}

/** A provider's offer of a model. */
export interface Offer {
  readonly id: string;
  readonly name: string;
  readonly providerId: string;
  readonly lists: readonly ModelList[];
}

export interface AppVersion extends From {
  readonly version: number;
  readonly operatorBps: number;
  /** By plan. */
  readonly plans: Readonly<Record<string, PlanTerms>>;
  /** Of the meters that do more than add up. */
  readonly aggregations: Readonly<Record<string, Aggregation>>;
}

export interface App {
  readonly slug: string;
  readonly developerId: string;
  readonly versions: readonly AppVersion[];
}

export interface Subscription extends From {
  readonly id: string;
  readonly partyId: string;
  readonly slug: string;
  readonly plan: string;
  /** Its end, which is no part of it; absent: it lasts. */
  readonly until?: number | undefined;
}

/** Facts that rating knows: parties, keys, offers, apps and subscriptions. */
export class Facts {
  readonly parties = new Set<string>();
  /** Keys whose holders are known. */
  readonly keys = new Set<string>();
  /** By id. */
  readonly offers = new Map<string, Offer>();
  readonly apps = new Map<string, App>();
  subscriptions: readonly Subscription[] = [];

  /** An offer's prices: its first, or more of it. */
  offer(offer: Omit<Offer, 'lists'>, list: ModelList): void {
    const lists = this.offers.get(offer.id)?.lists ?? [];
    this.offers.set(offer.id, { ...offer, lists: [...lists, list] });
  }

  /**
   * The offer that served a model: the one that is named, else the only one there was. Before there
   * was any, the first stands for all times before, as first prices do.
   *
   * @returns what is missing: the offer, or the name of one of several
   */
  offerOf(name: string, id: string | undefined, time: number): Offer | 'none' | 'several' {
    const offers = [...this.offers.values()].filter((offer) => offer.name === name);
    if (id !== undefined) return offers.find((offer) => offer.id === id) ?? 'none';
    const begins = ({ lists }: Offer) => Math.min(...lists.map(({ from }) => from));
    const first = Math.min(...offers.map(begins));
    const there = offers.filter((offer) => begins(offer) <= Math.max(time, first));
    return there.length > 1 ? 'several' : (there[0] ?? 'none');
  }

  publish(app: Omit<App, 'versions'>, version: AppVersion): void {
    const versions = this.apps.get(app.slug)?.versions ?? [];
    this.apps.set(app.slug, { ...app, versions: [...versions, version] });
  }

  subscribe(subscription: Subscription): void {
    this.subscriptions = [...this.subscriptions, subscription];
  }

  unsubscribe(id: string, until: number): void {
    this.subscriptions = this.subscriptions.map((each) => (each.id === id ? { ...each, until } : each));
  }

  /**
   * The subscription that holds for a use. The first one stands for all time before it (ADR 5). A
   * use after an end, and before the next beginning, has none (ADR 47).
   */
  subscriptionAt(partyId: string, slug: string, time: number): Subscription | undefined {
    const all = this.subscriptions.filter((each) => each.partyId === partyId && each.slug === slug);
    const first = Math.min(...all.map(({ from }) => from));
    const holding = all.filter(({ from, until = Infinity }) => (from <= time || from === first) && time < until);
    return inForce(holding, time);
  }
}

/**
 * Of those that began by a time the latest; before there was any, the first (ADR 5). Of two that
 * began at once, the one that was said later.
 */
export function inForce<Item extends From>(items: readonly Item[], time: number): Item | undefined {
  const inOrder = items.toSorted((one, other) => one.from - other.from);
  return inOrder.findLast(({ from }) => from <= time) ?? inOrder[0];
}
