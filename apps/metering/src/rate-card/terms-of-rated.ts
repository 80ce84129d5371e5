import type { RatedUse } from '@tokengrid/contracts';
import type { UsePrice } from '@tokengrid/rating';
import type { CountedPlan, KnownTerms, PriceList } from '../decisions/rules/terms.ts';
import type { Facts } from './facts.ts';
import { countedBy, usePricesOf } from './plan-terms.ts';

/**
 * The terms that a use was rated by: the price lists of the versions that it states, with the
 * operator's part and the sellers of then. What is in force by now does not matter.
 * @returns undefined if a version is not known here
 */
export function termsOfRated(facts: Facts, use: RatedUse): KnownTerms | undefined {
  const { app, plan, model, operatorBps, priceVersion, shares } = use;
  const sellerOf = (role: 'provider' | 'developer') => shares.find((share) => share.role === role)!.partyId;
  const appVersion = app === undefined ? undefined : versionOf(priceVersion, `app:${app}:${plan}@`);
  const modelVersion = model === undefined ? undefined : versionOf(priceVersion, `model:${model}@`);
  const list = (
    of: string,
    version: number,
    prices: readonly UsePrice[],
    role: 'provider' | 'developer',
  ): PriceList => ({
    ...{ of, version, prices, operatorBps, sellerId: sellerOf(role) },
  });
  let appList: PriceList | CountedPlan | undefined;
  if (appVersion !== undefined) {
    const published = facts.apps.get(app!);
    const found = published?.versions.find((each) => each.version === appVersion)?.plans.find(({ id }) => id === plan);
    if (!published || !found) return undefined;
    const of = `app:${app}:${plan}`;
    const { counted } = use;
    // What was used in a trial costs nothing, whatever its units are.
    const prices = use.trial ? [] : usePricesOf(found);
    appList = counted
      ? {
          of,
          plan: plan!,
          version: appVersion,
          sellerId: sellerOf('developer'),
          period: counted,
          versions: countedBy(published, plan!),
        }
      : { ...list(of, appVersion, prices, 'developer'), plan: plan! };
  }
  let modelList: PriceList | undefined;
  if (modelVersion !== undefined) {
    const offers = facts.models.get(model!) ?? [];
    const offer = offers.find((each) => each.offer === use.offer);
    const prices = offer?.prices.find(({ version }) => version === modelVersion)?.prices;
    if (!offer || !prices) return undefined;
    modelList = { ...list(`model:${model}`, modelVersion, prices, 'provider'), offer: offer.offer };
  }
  if (!appList && !modelList) return undefined;
  return { known: true, ...(appList && { app: appList }), ...(modelList && { model: modelList }) };
}

/** Version of a list, as `<of>@<version>` among others. */
function versionOf(priceVersion: string, list: string): number | undefined {
  const at = priceVersion.startsWith(list) ? 0 : priceVersion.indexOf(`,${list}`) + 1;
  if (at === 0 && !priceVersion.startsWith(list)) return undefined;
  return parseInt(priceVersion.slice(at + list.length), 10);
}
