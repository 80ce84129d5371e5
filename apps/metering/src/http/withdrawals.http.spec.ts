import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ModelPriced, ModelPriceWithdrawn, VersionPublished, VersionWithdrawn } from '@tokengrid/contracts';
import { appId, type Market, openMarket, translateManifest } from '../testing/market.ts';
import type { RunningMetering } from '../testing/run-metering.ts';

let market: Market;
let metering: RunningMetering;
beforeAll(async () => {
  market = await openMarket();
  ({ metering } = market);
}, 180_000);
afterAll(() => metering.close(), 60_000);

const from = '2026-06-01T00:00:00.000Z';
const report = async (data: object) => {
  const event = market.usage(data, { time: from });
  await metering.report(metering.operator, event);
  return event.id;
};
const charge = (eventId: string) => metering.until(() => metering.chargeOf(market.subscriber, eventId));

describe('a use of a time for which other prices were announced', () => {
  it('is rated by what is in force then, and waits no longer for what was withdrawn', async () => {
    const modelId = market.modelIds.get('qwen')!;
    const named = { modelId, name: 'qwen', providerId: market.provider.partyId, priceVersion: 2 };
    const prices = [{ meter: 'images', unitPrice: '5' }];
    const data = { model: 'qwen', units: { input_tokens: 3 } };
    await metering.appRegistry.say(modelId, ModelPriced({ ...named, prices, operatorBps: 1000, effectiveFrom: from }));
    // The rate card has the announcement once a use of its time waits for a missing price.
    const waiting = await metering.until(async () => {
      const eventId = await report(data);
      return (await metering.parkedFor(eventId)) === 'price:model:qwen' && eventId;
    });
    await metering.appRegistry.say(modelId, ModelPriceWithdrawn(named));
    const rated = { tokens: '6', priceVersion: 'model:qwen@1' };
    expect(await charge(waiting)).toMatchObject(rated);
    expect(await charge(await report(data))).toMatchObject(rated);
  });

  it("is rated by an app's version in force then, and no announcement that was withdrawn at once holds others up", async () => {
    const named = { appId, slug: 'translate', developerId: market.developer.partyId };
    const prices = [{ meter: 'requests', model: 'per-unit' as const, unitPrice: '7' }];
    const plans = [{ id: 'basic', name: 'Basic', prices }];
    const announce = (version: number) =>
      metering.appRegistry.say(
        appId,
        VersionPublished({
          ...{ ...named, version, name: 'Translate', effectiveFrom: from, subscriptionsFrom: from },
          manifest: { ...translateManifest, plans },
        }),
      );
    const withdraw = (version: number) => metering.appRegistry.say(appId, VersionWithdrawn({ ...named, version }));
    const data = { app: 'translate', units: { requests: 2 } };
    await announce(2);
    await metering.until(async () => (await charge(await report(data)))?.['tokens'] === '14');
    // Subscribers of this announcement may find it withdrawn already.
    await Promise.all([announce(3), withdraw(2)]);
    await withdraw(3);
    const rated = await metering.until(async () => {
      const found = await charge(await report(data));
      return found?.['tokens'] === '2000' && found;
    });
    expect(rated).toMatchObject({ priceVersion: 'app:translate:basic@1' });
    const party = await metering.register('subscriber');
    await market.subscribe(party);
  });
});
