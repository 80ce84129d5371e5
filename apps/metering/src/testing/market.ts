import type { Manifest } from '@tokengrid/contracts';
import { AppCreated, AppSubscribed, instantOf, ModelOffered, VersionPublished } from '@tokengrid/contracts';
import { newId } from '@tokengrid/service';
import { type Caller, runMetering, type RunningMetering } from './run-metering.ts';

const dayMs = 24 * 60 * 60 * 1000;
const longAgo = '2026-01-01T00:00:00.000Z';
const fromLongAgo = { effectiveFrom: longAgo, subscriptionsFrom: longAgo };
const endpoint = 'https://models.example/v1';
export const appId = 'app_00000000000000000000000001';

/** Manifest of the app `translate`. */
export const translateManifest: Manifest = {
  ...{ endpoint, description: 'translates', scopes: [], dataUse: [], revenueShare: { operatorBps: 2000 } },
  models: ['qwen'],
  meters: [{ name: 'requests', unit: 'request', aggregation: 'sum' }],
  plans: [{ id: 'basic', name: 'Basic', prices: [{ meter: 'requests', model: 'per-unit', unitPrice: '1000' }] }],
};

/**
 * Metering with a subscriber, a provider with the model `qwen` (2 µAIT an input token), and a
 * developer with the app `translate` (1,000 µAIT a request), to which the subscriber has
 * subscribed.
 */
export class Market {
  /** Ids of the last offers of models, by name. */
  readonly modelIds = new Map<string, string>();
  /** Time of its uses: noon, two days ago. */
  readonly usedAt = Math.floor(Date.now() / dayMs) * dayMs - 1.5 * dayMs;
  private reported = 0;

  constructor(
    readonly metering: RunningMetering,
    readonly subscriber: Caller,
    readonly developer: Caller,
    readonly provider: Caller,
  ) {}

  /** Offers a model at a price per input token, and waits until it can be rated. */
  async offerModel(name: string, unitPrice: string, by = this.provider): Promise<string> {
    const modelId = newId('mod');
    this.modelIds.set(name, modelId);
    const model = { modelId, name, providerId: by.partyId, endpoint, region: 'here' };
    const prices = [{ meter: 'input_tokens', unitPrice }];
    const terms = { prices, operatorBps: 1000, priceVersion: 1, effectiveFrom: longAgo };
    await this.metering.appRegistry.say(modelId, ModelOffered({ ...model, ...terms }));
    await this.metering.until(async () => {
      const event = this.usage({ model: name, offer: modelId, units: { input_tokens: 1 } });
      await this.metering.report(this.metering.operator, event);
      return this.metering.chargeOf(this.subscriber, event.id);
    });
    return modelId;
  }

  /** Publishes the app. */
  async publishApp(): Promise<void> {
    const app = { appId, slug: 'translate', developerId: this.developer.partyId };
    const published = { version: 1, name: 'Translate', manifest: translateManifest, ...fromLongAgo };
    await this.metering.appRegistry.say(appId, AppCreated({ ...app, name: 'Translate' }));
    await this.metering.appRegistry.say(appId, VersionPublished({ ...app, ...published }));
  }

  /** Subscribes a party to the app, and waits until its developer may report for it. */
  async subscribe({ partyId }: Caller): Promise<void> {
    const subscription = { subscriptionId: newId('sbn'), appId, slug: 'translate', partyId };
    const terms = { developerId: this.developer.partyId, version: 1, planId: 'basic', from: longAgo };
    const streamId = `subscription-${appId}-${partyId}`;
    await this.metering.appRegistry.say(streamId, AppSubscribed({ ...subscription, ...terms }));
    const event = this.usage({ app: 'translate', units: { requests: 1 } }, { subject: partyId });
    await this.metering.until(async () => {
      // A service that is just starting may refuse it; a repeat changes nothing.
      await this.metering.report(this.developer, event);
      const { body } = await this.metering.get(this.metering.operator, `/v1/charges?party=${partyId}&app=translate`);
      return body.data!.length > 0;
    });
  }

  /** A new usage event of the subscriber. */
  usage<Data extends object>(data: Data, over: object = {}) {
    return {
      specversion: '1.0',
      id: `use-${++this.reported}`,
      source: '/specs',
      type: 'tokengrid.usage',
      subject: this.subscriber.partyId,
      time: instantOf(this.usedAt),
      data,
      ...over,
    };
  }

  /** A direct use of the model. */
  direct(inputTokens: number, over: object = {}) {
    return this.usage({ model: 'qwen', units: { input_tokens: inputTokens } }, over);
  }
}

/** @param timeZone the operator's */
export async function openMarket(timeZone?: string): Promise<Market> {
  const metering = await runMetering(timeZone);
  const [subscriber, developer, provider] = await Promise.all([
    metering.register('subscriber'),
    metering.register('developer'),
    metering.register('provider'),
  ]);
  const market = new Market(metering, subscriber, developer, provider);
  await market.offerModel('qwen', '2');
  await market.publishApp();
  await market.subscribe(subscriber);
  return market;
}
