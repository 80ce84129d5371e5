import type { AppRegistryEvent, EventOf, IdentityEvent, VersionPublished } from '@tokengrid/contracts';
import type { Recorded } from '@tokengrid/kernel';
import { type Facts as ServiceFacts, plansOf, subscriptionKey } from '@tokengrid/metering/rate-card/facts';
import type { MinimumSubscription, MinimumSubscriptions } from '@tokengrid/metering/rate-card/minimum-subscriptions';
import { RateCard } from '@tokengrid/metering/rate-card/rate-card';
import type { AppVersion, Facts } from '../model/facts.ts';

type Published = EventOf<typeof VersionPublished>['data'];

/**
 * What metering has heard of others, for the service and, in the model's own words, for the model.
 * The service's own rate card is a projection, whose specs have a database.
 */
export class HeardRateCard extends RateCard {
  private readonly keys = new Map<string, string>();
  private readonly models = new Map<string, ServiceFacts['models'] extends ReadonlyMap<string, infer M> ? M : never>();
  private readonly apps = new Map<string, ServiceFacts['apps'] extends ReadonlyMap<string, infer A> ? A : never>();
  private readonly subscriptions = new Map<string, Subscribed[]>();

  constructor(private readonly model: Facts) {
    super(undefined as never, undefined as never);
  }

  override factsAbout(): Promise<ServiceFacts> {
    const { model, keys, models, apps, subscriptions } = this;
    return Promise.resolve({ pricesKnownUntil: Infinity, parties: model.parties, keys, models, apps, subscriptions });
  }

  override sharedWalletOf(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  /** Subscriptions to apps of which a version has a minimum, all of them at once. */
  get minimums(): MinimumSubscriptions {
    const after = () => {
      const hasMinimum = (slug: string) =>
        this.apps.get(slug)?.versions.some(({ plans }) => plans.some(({ minimumCharge }) => minimumCharge)) ?? false;
      const some = this.model.subscriptions.filter(({ slug }) => hasMinimum(slug));
      return Promise.resolve(
        some.map(({ slug, id, partyId }): MinimumSubscription => ({ slug, subscriptionId: id, partyId })),
      );
    };
    return { after } as unknown as MinimumSubscriptions;
  }

  hear(event: Recorded<AppRegistryEvent | IdentityEvent>): void {
    if (event.type === 'OrganizationRegistered') this.model.parties.add(event.data.partyId);
    else if (event.type === 'ApiKeyIssued') {
      this.keys.set(event.data.keyId, event.data.partyId);
      this.model.keys.add(event.data.keyId);
    } else if (event.type === 'VersionPublished') this.hearVersion(event.data);
    else if (event.type === 'AppSubscribed') {
      const { slug, partyId, planId, from, subscriptionId, version } = event.data;
      this.model.subscribe({ id: subscriptionId, slug, partyId, plan: planId, from: Date.parse(from) });
      const key = subscriptionKey(slug, partyId);
      const known = this.subscriptions.get(key) ?? [];
      this.subscriptions.set(key, [...known, { subscriptionId, planId, version, from: Date.parse(from), until: null }]);
    } else if (event.type === 'AppUnsubscribed') {
      const { slug, partyId, subscriptionId, until } = event.data;
      this.model.unsubscribe(subscriptionId, Date.parse(until));
      const key = subscriptionKey(slug, partyId);
      const ended = (each: Subscribed) =>
        each.subscriptionId === subscriptionId ? { ...each, until: Date.parse(until) } : each;
      this.subscriptions.set(key, (this.subscriptions.get(key) ?? []).map(ended));
    } else if (event.type === 'ModelOffered' || event.type === 'ModelPriced') {
      this.hearModel(event);
    }
  }

  private hearModel({ data }: Extract<AppRegistryEvent, { type: 'ModelOffered' | 'ModelPriced' }>): void {
    const { modelId: offer, name, providerId, operatorBps, prices, priceVersion, effectiveFrom } = data;
    const offers = this.models.get(name) ?? [];
    const known = offers.find((each) => each.offer === offer);
    const from = Date.parse(effectiveFrom);
    const unitPrices = Object.fromEntries(prices.map(({ meter, unitPrice }) => [meter, unitPrice]));
    this.model.offer({ id: offer, name, providerId }, { version: priceVersion, from, operatorBps, prices: unitPrices });
    const list = { version: priceVersion, effectiveFrom: from, operatorBps, prices, withdrawn: false };
    const now = { offer, providerId, pauses: [], prices: [...(known?.prices ?? []), list] };
    this.models.set(name, known ? offers.map((each) => (each === known ? now : each)) : [...offers, now]);
  }

  private hearVersion({ slug, developerId, version, manifest, effectiveFrom }: Published): void {
    const { operatorBps } = manifest.revenueShare;
    const from = Date.parse(effectiveFrom);
    this.model.publish({ slug, developerId }, versionOf(manifest, version, from));
    const known = this.apps.get(slug)?.versions ?? [];
    const published = {
      version,
      effectiveFrom: from,
      subscriptionsFrom: from,
      operatorBps,
      plans: plansOf(manifest),
      models: manifest.models ?? [],
      reporters: {},
      withdrawn: false,
    };
    this.apps.set(slug, { developerId, pauses: [], versions: [...known, published] });
  }
}

interface Subscribed {
  readonly subscriptionId: string;
  readonly planId: string;
  readonly version: number;
  readonly from: number;
  readonly until: number | null;
}

const versionOf = (
  { plans, meters, revenueShare }: Published['manifest'],
  version: number,
  from: number,
): AppVersion => ({
  ...{ version, from, operatorBps: revenueShare.operatorBps },
  aggregations: Object.fromEntries(meters.map(({ name, aggregation }) => [name, aggregation])),
  plans: Object.fromEntries(plans.map((plan) => [plan.id, plan])),
});
