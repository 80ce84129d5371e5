import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  AppCreated,
  AppSubscribed,
  HoldsRecalled,
  instantOf,
  SliceReturned,
  SliceWanted,
  UsesServed,
  VersionPublished,
  walletIdOf,
} from '@tokengrid/contracts';
import { newId } from '@tokengrid/service';
import { DataSource } from 'typeorm';
import { type Market, openMarket, translateManifest } from '../testing/market.ts';

describe('uses that a gateway served', () => {
  let market: Market;

  beforeAll(async () => {
    market = await openMarket();
  });
  afterAll(() => market.metering.close());

  /** A slice at a process of the gateway, which this spec stands in for. */
  function sliceOf(partyId: string) {
    const { gateway } = market.metering;
    const of = { sliceId: newId('slc'), partyId, gatewayId: 'gateway-1', epoch: 1 };
    const say = (event: Parameters<typeof gateway.say>[1]) => gateway.say(`edge-${partyId}`, event);
    const scope = [{ model: 'qwen' }];
    const use = (eventId: string, tokens: number) => ({
      ...{ eventId, time: instantOf(market.usedAt), model: 'qwen' },
      units: { input_tokens: String(tokens) },
      delivery: { end: 'completed' as const, countedBy: 'upstream' as const, firstUnitMs: 30, totalMs: 200 },
    });
    return {
      ...of,
      want: (number: number) => say(SliceWanted({ ...of, number, scope, tokens: 1000n, atLeast: 10n, spare: 0n })),
      serve: (report: number, ...uses: readonly [eventId: string, tokens: number][]) =>
        say(UsesServed({ ...of, report, uses: uses.map((each) => use(...each)) })),
      giveBack: (reports: number) => say(SliceReturned({ ...of, reports, reason: 'idle' })),
    };
  }

  /** Charges of a process of the gateway, by the ids of their uses. */
  async function served(): Promise<Record<string, unknown>> {
    const { body } = await market.metering.get(market.subscriber, '/v1/charges?limit=1000');
    const ofGateway = (body.data ?? []).filter(({ source }) => source === '/gateways/gateway-1');
    return Object.fromEntries(ofGateway.map(({ eventId, tokens }) => [eventId, tokens]));
  }

  it('are rated once for each report, however often it is told, and after the end of the slice too', async () => {
    const slice = sliceOf(market.subscriber.partyId);
    await slice.want(1);
    await slice.serve(1, ['request-1', 30], ['request-2', 0]);
    await slice.serve(1, ['request-1', 30], ['request-2', 0]);
    await slice.serve(2, ['request-3', 5], ['request-1', 30]);
    const wallet = walletIdOf(slice.partyId);
    const slices = [{ sliceId: slice.sliceId, partyId: slice.partyId }];
    await market.metering.wallet.say(wallet, HoldsRecalled({ walletId: wallet, reason: 'frozen', slices }));
    await slice.want(2);
    await slice.giveBack(2);
    await slice.serve(3, ['request-4', 1]);
    const expected = { 'request-1': '60', 'request-2': '0', 'request-3': '10', 'request-4': '2' };
    await market.metering.until(async () => Object.keys(await served()).length === 4);
    expect(await served()).toEqual(expected);
  });

  it('have free units of a month set aside, and what they leave goes back', async () => {
    const { metering, subscriber, developer } = market;
    const { partyId } = subscriber;
    const [appId, from] = [newId('app'), instantOf(Date.now() - 10 * 86_400_000)];
    const app = { appId, slug: 'helper', developerId: developer.partyId };
    const price = { meter: 'requests', model: 'per-unit' as const, unitPrice: '1000', includedUnits: '100' };
    const manifest = { ...translateManifest, plans: [{ id: 'team', name: 'Team', prices: [price] }] };
    const published = { version: 1, name: 'Helper', manifest, effectiveFrom: from, subscriptionsFrom: from };
    const subscribed = { subscriptionId: newId('sbn'), ...app, partyId, version: 1, planId: 'team', from };
    await metering.appRegistry.say(appId, AppCreated({ ...app, name: 'Helper' }));
    await metering.appRegistry.say(appId, VersionPublished({ ...app, ...published }));
    await metering.appRegistry.say(`subscription-${appId}-${partyId}`, AppSubscribed(subscribed));
    const costOf = async (wanted: (charge: Record<string, unknown>) => boolean) => {
      const { body } = await metering.get(subscriber, '/v1/charges?app=helper&limit=1000');
      return body.data!.find(wanted)?.['tokens'];
    };
    const report = async (requests: number) => {
      const event = market.usage({ app: 'helper', units: { requests } });
      await metering.report(metering.operator, event);
      return metering.until(() => costOf(({ eventId }) => eventId === event.id));
    };
    expect(await report(10)).toBe('0');
    const of = { sliceId: newId('slc'), partyId, gatewayId: 'gateway-2', epoch: 1 };
    const say = (event: Parameters<typeof metering.gateway.say>[1]) => metering.gateway.say(`edge-${partyId}`, event);
    await say(SliceWanted({ ...of, number: 1, scope: [{ app: 'helper' }], tokens: 100_000n, atLeast: 10n, spare: 0n }));
    const open = 'select from open_slices where slice_id = $1';
    await metering.until(async () => (await metering.instance(DataSource).query(open, [of.sliceId])).length === 1);
    // Of the 90 that are left, the slice has 45.
    expect(await report(60)).toBe('15000');
    const units = { requests: '20' };
    const use = { eventId: 'request-5', time: instantOf(Date.now()), app: 'helper', units, free: units };
    await say(UsesServed({ ...of, report: 1, uses: [use] }));
    await say(SliceReturned({ ...of, reports: 1, reason: 'idle' }));
    expect(await metering.until(() => costOf(({ source }) => source === 'tokengrid:slice'))).toBe('-15000');
    expect(await costOf(({ eventId }) => eventId === 'request-5')).toBe('0');
  });
});
