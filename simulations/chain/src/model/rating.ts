import { CountedUses } from './counted-uses.ts';
import { type Facts, inForce, type Prices } from './facts.ts';
import { Fraction } from './fraction.ts';
import { byUse, changeOf, isCounted, type PeriodLine, type Terms } from './period-costs.ts';
import { isInTrial, monthAt, type Span } from './subscription-months.ts';

/** A use as it was reported. */
export interface Use {
  readonly payerId: string;
  readonly reporterId: string;
  readonly source: string;
  readonly id: string;
  /** Id under which it is rated: it orders uses of one time where a meter counts the latest. */
  readonly usageId?: string | undefined;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly app?: string | undefined;
  readonly model?: string | undefined;
  readonly key?: string | undefined;
  readonly units: Readonly<Record<string, string>>;
}

export type Role = 'operator' | 'provider' | 'developer';

export interface Earner {
  readonly role: Role;
  readonly partyId: string;
  readonly tokens: bigint;
}

/** What a price list makes of a use. */
export interface Cost {
  /** What priced it: `model:<name>` or `app:<slug>:<plan>`. */
  readonly of: string;
  readonly version: number;
  /** Before rounding, by meter: of prices for which one use is enough. */
  readonly exact: ReadonlyMap<string, Fraction>;
  /** Below zero where a use makes its period cheaper. */
  readonly tokens: bigint;
  /** Where the price knows all uses of a period of a subscription. */
  readonly period?: PeriodCost | undefined;
}

/** What a use changes in its period of a subscription. */
export interface PeriodCost extends Span {
  readonly subscriptionId: string;
  /** Of the prices that it changes. */
  readonly lines: readonly PeriodLine[];
  /** What the period's bounds take back or add. */
  readonly bounds: bigint;
}

/** What a use costs, and who earns it. */
export interface Rated {
  readonly tokens: bigint;
  readonly plan?: string | undefined;
  readonly price: Cost;
  /** Of the model that an app used. */
  readonly cost?: Cost | undefined;
  readonly operatorBps: number;
  /** Those who earn something, or give it back. */
  readonly earners: readonly Earner[];
  /** What the developer pays on top, for the provider. */
  readonly subsidy?: { readonly partyId: string; readonly tokens: bigint } | undefined;
  /** Used in the free days of a subscription: costs nothing, and is not counted. */
  readonly isTrial: boolean;
}

/** What a use names and nobody has heard of yet. */
export interface Waits {
  readonly waits: string;
}

/** Who would earn what a use costs. */
export interface Sellers {
  readonly providerId?: string | undefined;
  readonly developerId?: string | undefined;
  readonly operatorBps: number;
}

/**
 * What a use costs by the prices of its own time: rounded half up once, on the total of the list.
 * Of a model, the operator has its basis points and the provider the rest; of an app, the provider
 * gets what the model costs, as far as the operator leaves it, and the developer the rest. What is
 * not left for the provider, the developer pays.
 *
 * @param counted what counts in periods of subscriptions so far, without this use
 */
export function rate(facts: Facts, use: Use, counted = new CountedUses()): Rated | Waits {
  if (!facts.parties.has(use.payerId)) return { waits: use.payerId };
  if (use.key !== undefined && !facts.keys.has(use.key)) return { waits: use.key };
  const offer = use.model === undefined ? undefined : facts.offers.get(use.model);
  if (use.app === undefined) return offer && hasPrice(offer, use) ? rateModel(offer, use) : { waits: use.model! };
  const app = facts.apps.get(use.app);
  if (!app) return { waits: use.app };
  const subscription = facts.subscriptionAt(use.payerId, use.app, use.time);
  if (!subscription) return { waits: use.app };
  if (use.model !== undefined && !offer) return { waits: use.model };
  return rateApp(app, subscription, offer, use, counted);
}

type Offered = NonNullable<ReturnType<Facts['offers']['get']>>;
type Published = NonNullable<ReturnType<Facts['apps']['get']>>;
type Subscribed = NonNullable<ReturnType<Facts['subscriptionAt']>>;

function rateModel(offer: Offered, use: Use): Rated {
  const price = costOfModel(offer, use);
  const { operatorBps, providerId } = offer;
  return {
    tokens: price.tokens,
    price,
    operatorBps,
    isTrial: false,
    ...sharesOf(price.tokens, { operatorBps, providerId }),
  };
}

function rateApp(
  app: Published,
  subscription: Subscribed,
  offer: Offered | undefined,
  use: Use,
  counted: CountedUses,
): Rated {
  const { plan } = subscription;
  const { version, terms, span, operatorBps } = termsFor(app, subscription, use.time);
  const of = `app:${app.slug}:${plan}`;
  const isTrial = isInTrial(subscription.from, trialDaysOf(app, subscription), use.time);
  const cost = offer && costOfModel(offer, use);
  const price = isTrial
    ? { of, version, exact: new Map(), tokens: 0n }
    : { of, version, ...costOfApp(terms, subscription, span, use, counted) };
  const sellers = { providerId: offer?.providerId, developerId: app.developerId, operatorBps };
  return {
    tokens: price.tokens,
    plan,
    price,
    cost,
    operatorBps,
    isTrial,
    ...sharesOf(price.tokens, sellers, cost?.tokens),
  };
}

/**
 * Terms for a time of a subscription. A plan whose uses count over a period has one set of terms in
 * it: those in force when the period began. (The designs fix them at the period's first use. Which
 * use comes first depends on chance, and the same facts in any order have to give the same total.)
 * Any other plan has the terms of the use's time, as models have.
 */
function termsFor(app: Published, { plan, from }: Subscribed, time: number) {
  const span = monthAt(from, time);
  const termsAt = (at: number) => {
    const { version, plans, aggregations, operatorBps } = inForce(app.versions, at)!;
    return { version, operatorBps, terms: { plan: plans[plan]!, aggregations } };
  };
  const ofPeriod = termsAt(span.from);
  return isCounted(ofPeriod.terms) ? { ...ofPeriod, span } : { ...termsAt(time), span: undefined };
}

/** A trial was promised when the plan was subscribed to: no later version makes it any shorter. */
const trialDaysOf = (app: Published, { plan, from }: Subscribed): number | undefined =>
  inForce(app.versions, from)!.plans[plan]?.trialDays;

function costOfApp(terms: Terms, { id }: Subscribed, span: Span | undefined, use: Use, counted: CountedUses) {
  if (!span) return costAlone(byUse(terms, use));
  const { uses, least } = counted.in(id, span.from);
  const counting = { usageId: use.usageId ?? '', time: use.time, units: use.units };
  const { tokens, exact, lines, bounds } = changeOf(terms, uses, [...uses, counting], least);
  return { exact, tokens, period: { ...span, subscriptionId: id, lines, bounds } };
}

/**
 * Shares of what a use costs. Of an app's price the provider gets what its model costs, as far as
 * the operator's part leaves it. What is given back comes from the operator's part, rounded half up
 * as when it was taken, and from the developer: a provider gives nothing back, and is paid for its
 * model by a subsidy, for the use's price pays nobody.
 */
export function sharesOf(tokens: bigint, { providerId, developerId, operatorBps }: Sellers, modelCost = 0n) {
  const size = tokens < 0n ? -tokens : tokens;
  const part = Fraction.of(size * BigInt(operatorBps), 10_000n).nearest;
  const fee = tokens < 0n ? -part : part;
  const left = tokens - fee;
  if (developerId === undefined) {
    return { earners: earning(fee, [{ role: 'provider' as const, partyId: providerId!, tokens: left }]) };
  }
  const forProvider = left > 0n ? left : 0n;
  const provided = modelCost < forProvider ? modelCost : forProvider;
  const lacking = modelCost - provided;
  return {
    earners: earning(fee, [
      ...(providerId === undefined ? [] : [{ role: 'provider' as const, partyId: providerId, tokens: provided }]),
      { role: 'developer', partyId: developerId, tokens: left - provided },
    ]),
    subsidy: lacking > 0n ? { partyId: developerId, tokens: lacking } : undefined,
  };
}

/** Whether a model has a price for anything of a use: what has none waits for one. */
const hasPrice = (offer: Offered, use: Use): boolean => costOfModel(offer, use).exact.size > 0;

function costOfModel(offer: Offered, { time, units }: Use): Cost {
  const list = inForce(offer.lists, time)!;
  return { of: `model:${offer.name}`, version: list.version, ...costAlone(exactBy(list.prices, units)) };
}

function exactBy(prices: Prices, units: Use['units']): Map<string, Fraction> {
  const priced = Object.entries(prices).filter(([meter]) => units[meter] !== undefined);
  return new Map(
    priced.map(([meter, unitPrice]) => [meter, Fraction.ofDecimal(units[meter]!).times(Fraction.ofDecimal(unitPrice))]),
  );
}

const costAlone = (exact: ReadonlyMap<string, Fraction>) => ({
  exact,
  tokens: [...exact.values()].reduce((sum, each) => sum.plus(each), Fraction.zero).nearest,
});

const earning = (fee: bigint, others: readonly Earner[]): readonly Earner[] =>
  [{ role: 'operator' as const, partyId: 'operator', tokens: fee }, ...others].filter(({ tokens }) => tokens !== 0n);
