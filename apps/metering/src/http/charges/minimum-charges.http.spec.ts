import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  AppCreated,
  AppSubscribed,
  AppUnsubscribed,
  instantOf,
  type Manifest,
  VersionPublished,
} from '@tokengrid/contracts';
import { newId } from '@tokengrid/service';
import { PeriodsClock } from '../../flows/periods-clock.ts';
import { type Market, openMarket, translateManifest } from '../../testing/market.ts';
import type { Caller, RunningMetering } from '../../testing/run-metering.ts';

const dayMs = 24 * 60 * 60 * 1000;
const longAgo = '2026-01-01T00:00:00.000Z';
const slug = 'interpret';
const appId = newId('app');

let market: Market;
let metering: RunningMetering;
beforeAll(async () => {
  market = await openMarket();
  ({ metering } = market);
  const app = { appId, slug, developerId: market.developer.partyId };
  await metering.appRegistry.say(appId, AppCreated({ ...app, name: 'Interpret' }));
  const manifest: Manifest = {
    ...translateManifest,
    plans: [
      {
        ...{ id: 'team', name: 'Team', minimumCharge: 50_000n },
        prices: [
          {
            ...{ meter: 'requests', model: 'volume' },
            tiers: [
              { upTo: '10', unitPrice: '1000' },
              { upTo: null, unitPrice: '500' },
            ],
          },
        ],
      },
    ],
  };
  const dates = { effectiveFrom: longAgo, subscriptionsFrom: longAgo };
  await metering.appRegistry.say(
    appId,
    VersionPublished({ ...app, version: 1, name: 'Interpret', manifest, ...dates }),
  );
}, 180_000);
afterAll(() => metering.close(), 60_000);

/** A new party that subscribed some days ago. */
async function subscribed(
  days: number,
  key?: string,
): Promise<{ readonly party: Caller; readonly subscriptionId: string }> {
  const party = await metering.register('subscriber');
  const subscriptionId = newId('sbn');
  const from = instantOf(Date.now() - days * dayMs);
  const of = { subscriptionId, appId, slug, partyId: party.partyId };
  const terms = { developerId: market.developer.partyId, version: 1, planId: 'team', from, ...(key && { key }) };
  await metering.appRegistry.say(`subscription-${appId}-${party.partyId}`, AppSubscribed({ ...of, ...terms }));
  return { party, subscriptionId };
}

const chargesOf = async ({ partyId }: Caller, more = '') => {
  const { body } = await metering.get(metering.operator, `/v1/charges?party=${partyId}&app=${slug}${more}`);
  return body.data!.map(({ eventId, tokens, status, time }) => ({ eventId, tokens, status, time }));
};
const sumOf = async (party: Caller) =>
  (await chargesOf(party)).reduce((total, { tokens }) => total + BigInt(String(tokens)), 0n);
const closings = (party: Caller) => chargesOf(party, '&source=tokengrid:period');
/** Lets the clock go through all subscriptions, as if it ticked now, twice at once. */
async function everyPeriod(): Promise<void> {
  const clock = metering.instance(PeriodsClock);
  await Promise.all([clock.closeSome(), clock.closeSome()]);
}

describe('the minimum of a subscription’s month', () => {
  it('is charged as the month and its late uses are over, less what was used, and once', async () => {
    const { party } = await subscribed(33);
    const used = (requests: number, days: number) =>
      market.usage(
        { app: slug, units: { requests } },
        { subject: party.partyId, time: instantOf(Date.now() - days * dayMs) },
      );
    const uses = [used(10, 20), used(10, 15)];
    for (const use of uses) await metering.report(metering.operator, use);
    await metering.until(async () => (await chargesOf(party)).length === 2);
    expect(await sumOf(party)).toBe(10_000n);
    await metering.until(async () => {
      await everyPeriod();
      return (await closings(party)).length > 0;
    });
    await everyPeriod();
    expect(await closings(party)).toMatchObject([{ tokens: '40000', status: 'rated' }]);
    // Of a late use only what comes to more than the minimum is charged.
    await metering.report(metering.operator, used(100, 14));
    await metering.until(async () => (await chargesOf(party)).length === 4);
    expect(await sumOf(party)).toBe(60_000n);
    await everyPeriod();
    expect(await closings(party)).toHaveLength(1);
  });

  it('counts anew what is corrected, and gives back no more than what is above it', async () => {
    const { party } = await subscribed(35);
    const use = market.usage(
      { app: slug, units: { requests: 200 } },
      { subject: party.partyId, time: instantOf(Date.now() - 20 * dayMs) },
    );
    await metering.report(metering.operator, use);
    await metering.until(async () => (await chargesOf(party)).length === 1);
    await metering.until(async () => {
      await everyPeriod();
      return (await closings(party)).length > 0;
    });
    const correct = (more: object) =>
      metering.call(metering.operator, 'POST', '/v1/corrections', {
        ...{ source: '/specs', id: use.id, reason: 'counted twice', reportedBy: 'operator' },
        ...more,
      });
    const replaced = await correct({ units: { requests: 120 } });
    expect(replaced).toMatchObject({ status: 200, body: { tokens: '60000', difference: '-40000' } });
    expect((await correct({})).body).toMatchObject({ status: 'voided', difference: '-10000' });
    await metering.until(async () => (await sumOf(party)) === 50_000n);
  });

  it('names the key that subscribed', async () => {
    const key = newId('key');
    const { party } = await subscribed(33, key);
    await metering.until(async () => {
      await everyPeriod();
      return (await closings(party)).length > 0;
    });
    const { body } = await metering.get(metering.operator, `/v1/charges?party=${party.partyId}&key=${key}`);
    expect(body.data).toMatchObject([{ source: 'tokengrid:period', tokens: '50000' }]);
  });

  it('is charged for the subscribed part of a month that ended early', async () => {
    const { party, subscriptionId } = await subscribed(20);
    const until = instantOf(Date.now() - 3 * dayMs);
    const of = { subscriptionId, appId, slug, partyId: party.partyId, until };
    await metering.appRegistry.say(`subscription-${appId}-${party.partyId}`, AppUnsubscribed(of));
    await metering.until(async () => {
      await everyPeriod();
      return (await closings(party)).length > 0;
    });
    const [closing] = await closings(party);
    const { tokens, time } = closing!;
    expect(Date.parse(String(time))).toBe(Date.parse(until) - 1);
    // 17 of 28 to 31 days.
    expect(BigInt(String(tokens))).toBeGreaterThanOrEqual(27_419n);
    expect(BigInt(String(tokens))).toBeLessThanOrEqual(30_357n);
  });

  it('is not charged while the month or its late uses go on', async () => {
    const [{ party: running }, { party: late }] = [await subscribed(10), await subscribed(0)];
    const { party: over } = await subscribed(40);
    await metering.until(async () => {
      await everyPeriod();
      return (await closings(over)).length > 0;
    });
    expect([await closings(running), await closings(late)]).toEqual([[], []]);
  });
});
