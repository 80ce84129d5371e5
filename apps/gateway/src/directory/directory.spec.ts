import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  AppCreated,
  AppReinstated,
  type AppRegistryEvent,
  AppSubscribed,
  AppSuspended,
  AppUnsubscribed,
  ConsentSet,
  instantOf,
  type Manifest,
  ModelOffered,
  ModelPriced,
  ModelPriceWithdrawn,
  ModelReinstated,
  ModelSuspended,
  ModelWithdrawn,
  PartyReinstated,
  PartySuspended,
  VersionPublished,
  VersionWithdrawn,
} from '@tokengrid/contracts';
import { newId } from '@tokengrid/service';
import { NoRoute, Routes } from '../serving/routes.ts';
import { type GatewayAmong, runGatewayAmong } from '../testing/gateway-among.ts';
import { Directory } from './directory.ts';

let gateway: GatewayAmong;
beforeAll(async () => {
  gateway = await runGatewayAmong();
}, 180_000);
afterAll(() => gateway.close(), 60_000);

const longAgo = '2026-01-01T00:00:00.000Z';
const say = (streamId: string, event: AppRegistryEvent) => gateway.appRegistry.say(streamId, event);
const until = <T>(look: () => Promise<T | undefined | false>) => gateway.until(look);
const price = (unitPrice: string) => [{ meter: 'input_tokens', unitPrice }];

/** Prices of the offers that would serve a model, by their ids; the reason if none would. */
async function servedAt(model: string): Promise<Readonly<Record<string, string>> | NoRoute['why']> {
  const wish = { model, partyId: newId('sub'), keyId: newId('key'), affinity: '', sort: 'price' } as const;
  try {
    const routes = await gateway.instance(Routes).choose(wish);
    return Object.fromEntries(routes.map(({ offer }) => [offer.offerId, offer.prices.get('input_tokens')!]));
  } catch (error) {
    if (error instanceof NoRoute) return error.why;
    throw error;
  }
}
const untilServed = (model: string, expected: Awaited<ReturnType<typeof servedAt>>) =>
  until(async () => JSON.stringify(await servedAt(model)) === JSON.stringify(expected));

/** Offers a model at a price. */
async function offer(name: string, unitPrice: string, providerId = newId('org')) {
  const model = { modelId: newId('mod'), name, providerId };
  const terms = { endpoint: 'https://models.example/v1', region: 'eu', operatorBps: 1000 };
  await say(
    model.modelId,
    ModelOffered({ ...model, ...terms, prices: price(unitPrice), priceVersion: 1, effectiveFrom: longAgo }),
  );
  return model;
}

describe('a model', () => {
  it('is served by all of its offers, in any capitals, and by none whose name looks like it', async () => {
    const [one, other] = [await offer('Spec/First-1', '2'), await offer('Spec/First-1', '3')];
    await untilServed('spec/first-1', { [one.modelId]: '2', [other.modelId]: '3' });
    await untilServed('spec/first-l', 'unknown-model');
  });

  it('costs what is in force: announced prices from their time on, and withdrawn ones never', async () => {
    const model = await offer('Spec/Priced', '2');
    await untilServed('spec/priced', { [model.modelId]: '2' });
    const announce = (priceVersion: number, unitPrice: string, inMs: number) =>
      say(
        model.modelId,
        ModelPriced({
          ...{ ...model, prices: price(unitPrice), operatorBps: 1000, priceVersion },
          effectiveFrom: instantOf(Date.now() + inMs),
        }),
      );
    await announce(2, '5', 1500);
    await announce(3, '7', 1600);
    await say(model.modelId, ModelPriceWithdrawn({ ...model, priceVersion: 3 }));
    const prices = new Set<string>();
    await until(async () => {
      const served = await servedAt('spec/priced');
      prices.add(JSON.stringify(served));
      return JSON.stringify(served) === JSON.stringify({ [model.modelId]: '5' });
    });
    await announce(4, '8', 100);
    await untilServed('spec/priced', { [model.modelId]: '8' });
    expect([...prices]).toEqual(
      [{ [model.modelId]: '2' }, { [model.modelId]: '5' }].map((each) => JSON.stringify(each)),
    );
  });

  it('is not served within a second of its suspension, until it is reinstated, and never once withdrawn', async () => {
    const model = await offer('Spec/Suspended', '2');
    const offered = { [model.modelId]: '2' };
    await untilServed('spec/suspended', offered);
    await say(model.modelId, ModelSuspended(model));
    const suspended = performance.now();
    await untilServed('spec/suspended', 'unknown-model');
    expect(performance.now() - suspended).toBeLessThan(1000);
    await say(model.modelId, ModelReinstated(model));
    await untilServed('spec/suspended', offered);
    await say(model.modelId, ModelWithdrawn(model));
    await untilServed('spec/suspended', 'unknown-model');
  });

  it('is not served by a suspended provider', async () => {
    const model = await offer('Spec/Provider', '2');
    await untilServed('spec/provider', { [model.modelId]: '2' });
    const { providerId: partyId } = model;
    await gateway.identity.say(partyId, PartySuspended({ partyId }));
    await untilServed('spec/provider', 'unknown-model');
    await gateway.identity.say(partyId, PartyReinstated({ partyId }));
    await untilServed('spec/provider', { [model.modelId]: '2' });
  });
});

const manifest = (endpoint: string, reportedBy: 'gateway' | 'developer'): Manifest => ({
  ...{ endpoint, description: 'a spec', scopes: ['profile'], dataUse: [], revenueShare: { operatorBps: 0 } },
  meters: [{ name: 'requests', unit: 'request', aggregation: 'sum', reportedBy }],
  plans: [{ id: 'basic', name: 'Basic', prices: [] }],
});

describe('an app', () => {
  const app = { appId: newId('app'), slug: 'spec-app', developerId: newId('org') };
  const known = () => gateway.instance(Directory).app(app.slug);
  const publish = (version: number, endpoint: string, effectiveFrom: string) =>
    say(
      app.appId,
      VersionPublished({
        ...{ ...app, version, name: 'Spec', effectiveFrom, subscriptionsFrom: null },
        manifest: manifest(endpoint, version === 1 ? 'gateway' : 'developer'),
      }),
    );

  it('has its versions in force and to come, without withdrawn ones', async () => {
    await say(app.appId, AppCreated({ ...app, name: 'Spec' }));
    expect(await until(known)).toMatchObject({ ...app, isServed: true, versions: [] });
    await publish(1, 'https://one.example', longAgo);
    await publish(2, 'https://two.example', '2026-02-01T00:00:00.000Z');
    await publish(3, 'https://three.example', '9000-01-01T00:00:00.000Z');
    await publish(4, 'https://four.example', '9000-01-02T00:00:00.000Z');
    await say(app.appId, VersionWithdrawn({ ...app, version: 4 }));
    const versions = await until(async () => {
      const all = (await known())?.versions ?? [];
      return all.length === 2 && all;
    });
    expect(versions).toEqual([
      {
        ...{ version: 2, effectiveFrom: Date.UTC(2026, 1, 1), endpoint: 'https://two.example' },
        ...{ scopes: ['profile'], meters: [] },
      },
      {
        ...{ version: 3, effectiveFrom: Date.UTC(9000, 0, 1), endpoint: 'https://three.example' },
        ...{ scopes: ['profile'], meters: [] },
      },
    ]);
  });

  it('is not served while it is suspended', async () => {
    await say(app.appId, AppSuspended(app));
    await until(async () => (await known())?.isServed === false);
    await say(app.appId, AppReinstated(app));
    await until(async () => (await known())?.isServed);
  });

  it('has subscribers, with the scopes that they consented to last, until they leave', async () => {
    const partyId = newId('sub');
    const ids = { subscriptionId: newId('sbn'), appId: app.appId, slug: app.slug, partyId };
    const streamId = `subscription-${app.appId}-${partyId}`;
    const subscription = () => gateway.instance(Directory).subscription(app.slug, partyId, Date.now());
    const terms = { developerId: app.developerId, version: 2, planId: 'basic', from: longAgo };
    expect(await subscription()).toBeUndefined();
    await say(streamId, AppSubscribed({ ...ids, ...terms, consent: { scopes: ['profile'], dataUse: [] } }));
    expect(await until(subscription)).toEqual({
      ...{ subscriptionId: ids.subscriptionId, planId: 'basic', from: Date.parse(longAgo), until: null },
      scopes: ['profile'],
    });
    await say(streamId, ConsentSet({ ...ids, scopes: [], dataUse: [] }));
    const withdrawn = performance.now();
    await until(async () => {
      const found = await subscription();
      return typeof found === 'object' && found.scopes.length === 0;
    });
    expect(performance.now() - withdrawn).toBeLessThan(1000);
    await say(streamId, AppUnsubscribed({ ...ids, until: instantOf(Date.now()) }));
    await until(async () => (await subscription()) === undefined);
  });
});
