import type { RatedUse } from '@tokengrid/contracts';
import type { UsePrice } from '@tokengrid/rating';
import type { KnownTerms, PriceList } from '../decisions/rules/terms.ts';
import type { Facts } from './facts.ts';
import { usePriceOf } from './terms-at.ts';

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
  let appList: PriceList | undefined;
  if (appVersion !== undefined) {
    const version = facts.apps.get(app!)?.versions.find((each) => each.version === appVersion);
    const prices = version?.plans.find(({ id }) => id === plan)?.prices;
    if (!prices) return undefined;
    appList = { ...list(`app:${app}:${plan}`, appVersion, prices.map(usePriceOf), 'developer'), plan: plan! };
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
