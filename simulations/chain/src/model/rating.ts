import { type Facts, inForce, type Prices } from './facts.ts';
import { Fraction } from './fraction.ts';

/** A use as it was reported. */
export interface Use {
  readonly payerId: string;
  readonly reporterId: string;
  readonly source: string;
  readonly id: string;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly app?: string | undefined;
  readonly model?: string | undefined;
  readonly key?: string | undefined;
  readonly units: Readonly<Record<string, string>>;
}

export type Role = 'operator' | 'provider' | 'developer';

interface Earner {
  readonly role: Role;
  readonly partyId: string;
  readonly tokens: bigint;
}

/** What a price list makes of a use. */
export interface Cost {
  /** What priced it: `model:<name>` or `app:<slug>:<plan>`. */
  readonly of: string;
  readonly version: number;
  /** Before rounding, by meter. */
  readonly exact: ReadonlyMap<string, Fraction>;
  readonly tokens: bigint;
}

/** What a use costs, and who earns it. */
export interface Rated {
  readonly tokens: bigint;
  readonly plan?: string | undefined;
  readonly price: Cost;
  /** Of the model that an app used. */
  readonly cost?: Cost | undefined;
  readonly operatorBps: number;
  /** Those who earn something. */
  readonly earners: readonly Earner[];
  /** What the developer pays on top, for the provider. */
  readonly subsidy?: { readonly partyId: string; readonly tokens: bigint } | undefined;
}

/** What a use names and nobody has heard of yet. */
export interface Waits {
  readonly waits: string;
}

/**
 * What a use costs by the prices of its own time: rounded half up once, on the total of the list.
 * Of a model, the operator has its basis points and the provider the rest; of an app, the provider
 * gets what the model costs, as far as the operator leaves it, and the developer the rest. What is
 * not left for the provider, the developer pays.
 */
export function rate(facts: Facts, use: Use): Rated | Waits {
  if (!facts.parties.has(use.payerId)) return { waits: use.payerId };
  if (use.key !== undefined && !facts.keys.has(use.key)) return { waits: use.key };
  const offer = use.model === undefined ? undefined : facts.offers.get(use.model);
  if (use.app === undefined) return offer && hasPrice(offer, use) ? rateModel(offer, use) : { waits: use.model! };
  const app = facts.apps.get(use.app);
  if (!app) return { waits: use.app };
  const subscription = facts.subscriptionAt(use.payerId, use.app, use.time);
  if (!subscription) return { waits: use.app };
  if (use.model !== undefined && !offer) return { waits: use.model };
  return rateApp(app, subscription.plan, offer, use);
}

type Offered = NonNullable<ReturnType<Facts['offers']['get']>>;
type Published = NonNullable<ReturnType<Facts['apps']['get']>>;

function rateModel(offer: Offered, use: Use): Rated {
  const price = costOfModel(offer, use);
  const fee = partOf(price.tokens, offer.operatorBps);
  return {
    tokens: price.tokens,
    price,
    operatorBps: offer.operatorBps,
    earners: earning(fee, [{ role: 'provider', partyId: offer.providerId, tokens: price.tokens - fee }]),
  };
}

function rateApp(app: Published, plan: string, offer: Offered | undefined, use: Use): Rated {
  const version = inForce(app.versions, use.time)!;
  const prices = version.plans[plan]!;
  const price = costBy(`app:${app.slug}:${plan}`, version.version, prices, use, version.counted);
  const cost = offer && costOfModel(offer, use);
  const fee = partOf(price.tokens, version.operatorBps);
  const left = price.tokens - fee;
  const wanted = cost?.tokens ?? 0n;
  const provided = wanted < left ? wanted : left;
  const lacking = wanted - provided;
  return {
    tokens: price.tokens,
    plan,
    price,
    cost,
    operatorBps: version.operatorBps,
    earners: earning(fee, [
      ...(offer ? [{ role: 'provider' as const, partyId: offer.providerId, tokens: provided }] : []),
      { role: 'developer', partyId: app.developerId, tokens: left - provided },
    ]),
    subsidy: lacking > 0n ? { partyId: app.developerId, tokens: lacking } : undefined,
  };
}

/** Whether a model has a price for anything of a use: what has none waits for one. */
const hasPrice = (offer: Offered, use: Use): boolean => costOfModel(offer, use).exact.size > 0;

const costOfModel = (offer: Offered, use: Use): Cost => {
  const list = inForce(offer.lists, use.time)!;
  return costBy(`model:${offer.name}`, list.version, list.prices, use, []);
};

function costBy(of: string, version: number, prices: Prices, use: Use, counted: readonly string[]): Cost {
  const exact = new Map<string, Fraction>();
  for (const [meter, unitPrice] of Object.entries(prices)) {
    const units = use.units[meter];
    if (units === undefined) continue;
    const quantity = counted.includes(meter) ? Fraction.of(1n) : Fraction.ofDecimal(units);
    exact.set(meter, quantity.times(Fraction.ofDecimal(unitPrice)));
  }
  const total = [...exact.values()].reduce((sum, each) => sum.plus(each), Fraction.zero);
  return { of, version, exact, tokens: total.nearest };
}

const partOf = (whole: bigint, basisPoints: number): bigint =>
  Fraction.of(whole * BigInt(basisPoints), 10_000n).nearest;

const earning = (fee: bigint, others: readonly Earner[]): readonly Earner[] =>
  [{ role: 'operator' as const, partyId: 'operator', tokens: fee }, ...others].filter(({ tokens }) => tokens > 0n);
