import type { UsePrice } from '@tokengrid/rating';
import type { Facts } from '../rate-card/facts.ts';
import { usePricesOf } from '../rate-card/plan-terms.ts';

/** A rated use, or the differences of one of its corrections. */
export interface FocusCharge {
  readonly usageId: string;
  /** Number of the correction; null: the use as it was rated. */
  readonly number: number | null;
  readonly source: string;
  readonly eventId: string;
  readonly partyId: string;
  readonly app: string | null;
  readonly model: string | null;
  readonly offer: string | null;
  readonly key: string | null;
  /** Decimal strings by meter. */
  readonly units: Readonly<Record<string, string>>;
  /** µAIT by meter, as decimal strings. */
  readonly amounts: Readonly<Record<string, string>>;
  /** µAIT, a decimal string. */
  readonly tokens: string;
  readonly priceVersion: string;
  /** Epoch milliseconds. */
  readonly usedAt: number;
  readonly subsidyOf: string | null;
  /** What the wallet made of it. */
  readonly status: 'rated' | 'billed' | 'uncollected';
}

/** The price list by which a charge was rated, and its seller. */
export interface FocusTerms {
  /** `app:<slug>:<plan>` or `model:<name>`; what metering states itself has none. */
  readonly list: string | undefined;
  readonly version: string | undefined;
  /** Prices that a use determines by itself, by meter. */
  readonly prices: ReadonlyMap<string, UsePrice>;
  readonly publisherId: string | undefined;
  readonly region: string | undefined;
}

/** Terms of a charge, by the versions that it states. */
export function termsOfCharge(facts: Facts, charge: FocusCharge): FocusTerms {
  const { app, model, offer } = charge;
  const [of, version] = payersListOf(charge);
  const served = facts.models.get(model ?? '')?.find((each) => each.offer === offer);
  const ofApp = app === null ? undefined : facts.apps.get(app);
  const plan = of?.slice(`app:${app}:`.length);
  const prices =
    app === null
      ? served?.prices.find((each) => String(each.version) === version)?.prices
      : ofApp?.versions
          .find((each) => String(each.version) === version)
          ?.plans.filter(({ id }) => id === plan)
          .flatMap(usePricesOf);
  return {
    ...{ list: of, version, prices: new Map(prices?.map((price) => [price.meter, price])) },
    publisherId: app === null ? served?.providerId : ofApp?.developerId,
    region: served?.region,
  };
}

/** The list that the payer's price is from: the app's, or the model's where no app was used. */
function payersListOf({ app, model, priceVersion }: FocusCharge): readonly [string?, string?] {
  const prefix = app === null ? `model:${model}@` : `app:${app}:`;
  const stated = priceVersion.split(',').find((part) => part.startsWith(prefix));
  const at = stated?.lastIndexOf('@') ?? -1;
  return stated === undefined || at < 0 ? [] : [stated.slice(0, at), stated.slice(at + 1)];
}
