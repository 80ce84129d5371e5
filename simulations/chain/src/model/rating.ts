import { CountedUses } from './counted-uses.ts';
import { type Facts, inForce, type ModelList, type Offer, type Prices } from './facts.ts';
import { Fraction } from './fraction.ts';
import { byUse, changeOf, type CountedUse, isCounted, type PeriodLine, type Terms } from './period-costs.ts';
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
  /** Id of the offer of the model that served it. */
  readonly offer?: string | undefined;
  readonly key?: string | undefined;
  readonly units: Readonly<Record<string, string>>;
}

/** The party that reports for everybody. */
const operator = 'operator';

export type Role = 'operator' | 'provider' | 'developer';

export interface Earner {
  readonly role: Role;
  readonly partyId: string;
  readonly tokens: bigint;
}

/** Price of a use by one price list. */
export interface Cost {
  /** Price list: `model:<name>` or `app:<slug>:<plan>`. */
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

/** Price of a use, and its earners. */
export interface Rated {
  readonly tokens: bigint;
  readonly plan?: string | undefined;
  readonly price: Cost;
  /** Offer of the model by which it was priced. */
  readonly offer?: string | undefined;
  /** Of the model that an app used. */
  readonly cost?: Cost | undefined;
  readonly operatorBps: number;
  /** Shares other than zero; negative for a refund. */
  readonly earners: readonly Earner[];
  /** Subsidy: tokens from the developer to the provider. */
  readonly subsidy?: { readonly partyId: string; readonly tokens: bigint } | undefined;
  /** Used in the free days of a subscription: costs nothing, and is not counted. */
  readonly isTrial: boolean;
}

/** Names in a use that are not known yet. */
export interface Waits {
  readonly waits: string;
}

/** Earners of a use. */
export interface Sellers {
  readonly providerId?: string | undefined;
  readonly developerId?: string | undefined;
  readonly operatorBps: number;
}

/** By which terms a use is rated, and corrected: they stay with it. */
export interface UseTerms {
  readonly sellers: Sellers;
  /** Prices of the model. */
  readonly model?: { readonly offer: string; readonly of: string; readonly list: ModelList } | undefined;
  readonly app?: AppTerms | undefined;
}

interface AppTerms {
  readonly of: string;
  readonly plan: string;
  readonly version: number;
  readonly terms: Terms;
  /** The period in which the use counts, where it does. */
  readonly period?: (Span & { readonly subscriptionId: string }) | undefined;
  readonly isTrial: boolean;
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
  const terms = termsOf(facts, use);
  return 'waits' in terms ? terms : rateBy(terms, use, counted);
}

/** The terms of a use, or the first thing that it names and that is not known. */
export function termsOf(facts: Facts, use: Use): UseTerms | Waits {
  if (!facts.parties.has(use.payerId)) return { waits: use.payerId };
  if (use.key !== undefined && !facts.keys.has(use.key)) return { waits: use.key };
  const found = use.model === undefined ? undefined : facts.offerOf(use.model, use.offer, use.time);
  if (use.app === undefined) {
    // A use without any priced meter waits for a price.
    if (typeof found !== 'object') return { waits: `${found} of ${use.model}` };
    const model = pricesOf(found, use.time);
    if (costOfModel(model, use).exact.size === 0) return { waits: use.model! };
    return { sellers: { providerId: found.providerId, operatorBps: model.list.operatorBps }, model };
  }
  const app = facts.apps.get(use.app);
  const subscription = app && facts.subscriptionAt(use.payerId, use.app, use.time);
  // A subscription is the payer's consent: what was used before it a developer reports in vain.
  if (!subscription || (use.reporterId !== operator && subscription.from > use.time)) return { waits: use.app };
  if (typeof found === 'string') return { waits: `${found} of ${use.model}` };
  const model = found && pricesOf(found, use.time);
  const { operatorBps, ...terms } = termsFor(app, subscription, use.time);
  return { sellers: { providerId: found?.providerId, developerId: app.developerId, operatorBps }, model, app: terms };
}

const pricesOf = ({ id, name, lists }: Offer, time: number) => ({
  ...{ offer: id, of: `model:${name}`, list: inForce(lists, time)! },
});

/** Price of a use by given terms. */
export function rateBy({ sellers, model, app }: UseTerms, use: Use, counted: CountedUses): Rated {
  const cost = model && costOfModel(model, use);
  const price = app ? costOfApp(app, use, counted) : cost!;
  const { operatorBps } = sellers;
  return {
    ...{ tokens: price.tokens, plan: app?.plan, price, cost: app && cost, operatorBps, isTrial: app?.isTrial ?? false },
    offer: model?.offer,
    ...sharesOf(price.tokens, sellers, cost?.tokens),
  };
}

type Published = NonNullable<ReturnType<Facts['apps']['get']>>;
type Subscribed = NonNullable<ReturnType<Facts['subscriptionAt']>>;

/**
 * Terms for a time of a subscription. A plan whose uses count over a period has one set of terms in
 * it: those in force when the period began. (The designs fix them at the period's first use. Which
 * use comes first depends on chance, and the same facts in any order have to give the same total.)
 * Any other plan has the terms of the use's time, as models have, until a version counts: from then
 * on the rest of the month is a period.
 */
export function termsFor(app: Published, { id, plan, from, until = Infinity }: Subscribed, time: number) {
  const month = monthAt(from, time);
  const termsAt = (at: number) => {
    const { version, plans, aggregations, operatorBps } = inForce(app.versions, at)!;
    return { version, operatorBps, terms: { plan: plans[plan]!, aggregations } };
  };
  // A trial was promised when the plan was subscribed to: no later version makes it any shorter.
  const isTrial = isInTrial(from, termsAt(from).terms.plan.trialDays, time);
  const named = { of: `app:${app.slug}:${plan}`, plan, isTrial };
  const changes = app.versions.map((version) => version.from).filter((at) => at > month.from && at <= time);
  const beginning = [month.from, ...changes.sort((one, other) => one - other)].find((at) =>
    isCounted(termsAt(at).terms),
  );
  if (beginning === undefined) return { ...named, ...termsAt(time) };
  return {
    ...named,
    ...termsAt(beginning),
    period: { from: beginning, until: Math.min(month.until, until), subscriptionId: id },
  };
}

function costOfApp({ of, version, terms, period, isTrial }: AppTerms, use: Use, counted: CountedUses): Cost {
  if (isTrial) return { of, version, exact: new Map(), tokens: 0n };
  if (!period) return { of, version, ...costAlone(byUse(terms, use)) };
  const { uses, least } = counted.in(period.subscriptionId, period.from);
  const { tokens, exact, lines, bounds } = changeOf(terms, uses, [...uses, asCounted(use)], least);
  return { of, version, exact, tokens, period: { ...period, lines, bounds } };
}

export const asCounted = ({ usageId = '', time, units }: Use): CountedUse => ({ usageId, time, units });

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
    // A model by itself: its cost is its price.
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

function costOfModel({ of, list: { version, prices } }: NonNullable<UseTerms['model']>, { units }: Use): Cost {
  return { of, version, ...costAlone(exactBy(prices, units)) };
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
