import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  AppSubscribed,
  instantOf,
  ModelPriced,
  VersionDeprecated,
  VersionPublished,
  WalletCharged,
  walletIdOf,
} from '@tokengrid/contracts';
import { rebuildProjections } from '@tokengrid/event-store';
import { newId, poolOf } from '@tokengrid/service';
import { readModelsBothWays } from '@tokengrid/service/testing';
import { DataSource } from 'typeorm';
import { markKeyOf, repeatsToldMs } from '../../decisions/rules/marks.ts';
import { chargeIdOf } from '../../decisions/rules/charge-id.ts';
import { payerStreamOf } from '../../decisions/state/payer.ts';
import { rateUses } from '../../decisions/usage/rate-uses.ts';
import { usageIdOf } from '../../usage-events/reported-use.ts';
import { definition } from '../../service.definition.ts';
import { appId, type Market, openMarket, translateManifest } from '../../testing/market.ts';
import type { Caller, RunningMetering } from '../../testing/run-metering.ts';
import { Payers } from '../../streams/payers.ts';

let market: Market;
let metering: RunningMetering;
let subscriber: Caller;
let developer: Caller;
let provider: Caller;
beforeAll(async () => {
  market = await openMarket();
  ({ metering, subscriber, developer, provider } = market);
}, 180_000);
afterAll(() => metering.close(), 60_000);

const usage = <Data extends object>(data: Data, over?: object) => market.usage(data, over);
const direct = (inputTokens: number, over?: object) => market.direct(inputTokens, over);
const hourMs = 3_600_000;
const accepted = (count: number) => ({ status: 202, body: { accepted: count, duplicates: 0, rejected: [] } });

describe('what names something unknown', () => {
  const parkedAs = async (eventId: unknown) =>
    (await metering.get(metering.operator, '/v1/parked?limit=1000')).body.data?.find(
      (use) => use['eventId'] === eventId,
    );

  it('waits for its party, then for its model, and is rated when the last of them is here', async () => {
    const later = metering.stranger('subscriber');
    const event = usage({ model: 'later-model', units: { input_tokens: 10 } }, { subject: later.partyId });
    expect(await metering.report(metering.operator, event)).toEqual(accepted(1));
    expect(await parkedAs(event.id)).toMatchObject({ waitsFor: `party:${later.partyId}`, units: { input_tokens: 10 } });
    await metering.register('subscriber', later);
    await metering.until(async () => (await parkedAs(event.id))?.['waitsFor'] === 'model:later-model');
    await market.offerModel('later-model', '3');
    expect(await metering.until(() => metering.chargeOf(later, event.id))).toMatchObject({ tokens: '30' });
    expect(await parkedAs(event.id)).toBeUndefined();
  });

  it('is rated, too, when what it waits for came between the look at the rate card and the parking', async () => {
    const { id, source, subject, time, data } = direct(7);
    const use = {
      ...{ usageId: usageIdOf('operator', source, id), source, eventId: id, reportedBy: 'operator' },
      ...{ time, ...data, units: { input_tokens: '7' } },
    };
    const terms = { known: false, waitsFor: 'model:qwen' } as const;
    await metering.instance(Payers).handle(rateUses, {
      ...{
        id: randomUUID(),
        streamId: payerStreamOf(subject),
        correlationId: 'spec',
        actor: 'spec',
        keys: [markKeyOf(use.usageId)],
      },
      data: { partyId: subject, uses: [{ use, terms }] },
    });
    expect(await metering.until(() => metering.chargeOf(subscriber, id))).toMatchObject({ tokens: '14' });
  });

  it('waits for a price of what was used', async () => {
    const event = usage({ model: 'qwen', units: { images: 2 } });
    await metering.report(metering.operator, event);
    expect(await parkedAs(event.id)).toMatchObject({ waitsFor: 'price:model:qwen' });
  });

  it('waits for an app and for the subscription to it', async () => {
    const party = await metering.register('subscriber');
    const data = { app: 'translate', units: { requests: 2 } };
    const event = usage(data, { subject: party.partyId });
    await metering.report(metering.operator, event);
    expect(await parkedAs(event.id)).toMatchObject({ waitsFor: `subscription:translate:${party.partyId}` });
    const stray = usage({ ...data, app: 'nobodys-app' });
    await metering.report(metering.operator, stray);
    expect(await parkedAs(stray.id)).toMatchObject({ waitsFor: 'app:nobodys-app' });
    await market.subscribe(party);
    expect(await metering.until(() => metering.chargeOf(party, event.id))).toMatchObject({ tokens: '2000' });
  });

  it('is rated by the version that the catalogue showed, not by one that was deprecated before', async () => {
    const app = { appId, slug: 'translate', developerId: developer.partyId };
    const [plan] = translateManifest.plans;
    const dearer = { ...plan!, prices: [{ meter: 'requests', model: 'per-unit' as const, unitPrice: '9000' }] };
    const manifest = { ...translateManifest, plans: [dearer] };
    const effectiveFrom = instantOf(market.usedAt + hourMs);
    const inForce = { effectiveFrom, subscriptionsFrom: effectiveFrom };
    await metering.appRegistry.say(appId, VersionPublished({ ...app, version: 2, name: 'T', manifest, ...inForce }));
    await metering.appRegistry.say(appId, VersionDeprecated({ ...app, version: 2 }));
    const party = await metering.register('subscriber');
    const from = instantOf(Date.now() + 3_600_000);
    const subscription = { subscriptionId: newId('sbn'), appId, slug: 'translate', partyId: party.partyId };
    const terms = { developerId: developer.partyId, version: 1, planId: 'basic', from };
    await metering.appRegistry.say(
      `subscription-${appId}-${party.partyId}`,
      AppSubscribed({ ...subscription, ...terms }),
    );
    const comesToBe = (of: Caller, priceVersion: string) =>
      metering.until(async () => {
        const data = { app: 'translate', units: { requests: 1 } };
        const event = usage(data, { subject: of.partyId, time: instantOf(market.usedAt + 2 * hourMs) });
        await metering.report(metering.operator, event);
        const charge = await metering.chargeOf(of, event.id);
        return charge?.['priceVersion'] === priceVersion ? charge : undefined;
      });
    // Whoever was subscribed before the deprecation stays.
    expect(await comesToBe(subscriber, 'app:translate:basic@2')).toMatchObject({ tokens: '9000' });
    expect(await comesToBe(party, 'app:translate:basic@1')).toMatchObject({ tokens: '1000' });
  });

  it('is rated at the price of its own time, however late', async () => {
    const modelId = market.modelIds.get('qwen')!;
    const priced = { modelId, name: 'qwen', providerId: provider.partyId, priceVersion: 2 };
    const prices = [{ meter: 'input_tokens', unitPrice: '5' }];
    const from = instantOf(market.usedAt + hourMs);
    await metering.appRegistry.say(modelId, ModelPriced({ ...priced, prices, operatorBps: 1000, effectiveFrom: from }));
    await metering.until(async () => {
      const after = direct(1, { time: from });
      await metering.report(metering.operator, after);
      return (await metering.chargeOf(subscriber, after.id))?.['tokens'] === '5';
    });
    const late = direct(1, { time: instantOf(market.usedAt + hourMs - 1) });
    await metering.report(metering.operator, late);
    expect(await metering.chargeOf(subscriber, late.id)).toMatchObject({ tokens: '2', priceVersion: 'model:qwen@1' });
  });
});

describe('the wallet’s answer', () => {
  it('bills what was charged of an event, and leaves uncollected what was refused', async () => {
    const party = await metering.register('subscriber');
    const events = [direct(10, { subject: party.partyId }), direct(11, { subject: party.partyId })];
    await metering.reportAll(metering.operator, events);
    const statusOf = async ({ id }: { readonly id: string }) => (await metering.chargeOf(party, id))?.['status'];
    expect(await Promise.all(events.map(statusOf))).toEqual(['rated', 'rated']);
    const { rows } = await poolOf(metering.instance(DataSource)).query<{ lane: number; sequence: string }>(
      'select lane, sequence from charges where party_id = $1',
      [party.partyId],
    );
    // Both are in one event.
    expect(new Set(rows.map(({ lane, sequence }) => `${lane}/${sequence}`)).size).toBe(1);
    const [charged, refused] = events.map(({ id, source, time }) => ({
      ...{ usageId: usageIdOf('operator', source, id), source, eventId: id, time, model: 'qwen' },
      chargeId: chargeIdOf(usageIdOf('operator', source, id)),
    }));
    const walletId = walletIdOf(party.partyId);
    await metering.wallet.say(
      walletId,
      WalletCharged({
        ...{ walletId, partyId: party.partyId, day: '2026-06-01', timeZone: 'UTC', tokens: 20n },
        ratedBy: `metering/${rows[0]!.lane}/${rows[0]!.sequence}`,
        uses: [
          {
            ...{ ...charged!, units: { input_tokens: '10' }, tokens: 20n, priceVersion: 'model:qwen@1' },
            ...{ lines: [], operatorBps: 1000, lots: [{ lotId: 'lot', tokens: 20n }] },
            shares: [{ role: 'operator', partyId: 'operator', tokens: 20n }],
          },
        ],
        refused: [
          {
            ...{ ...refused!, units: { input_tokens: '11' }, tokens: 22n, priceVersion: 'model:qwen@1' },
            ...{ lines: [], operatorBps: 1000 },
            shares: [{ role: 'operator', partyId: 'operator', tokens: 22n }],
            code: 'WALLET.INSUFFICIENT_TOKENS',
          },
        ],
        ...{ refunded: [], givenBack: 0n, lotTerms: [] },
        postings: [
          { account: `wallet:${walletId}:available`, asset: 'AIT', amount: -20n },
          { account: 'lane:0:escrow', asset: 'AIT', amount: 20n },
        ],
      }),
    );
    await metering.until(async () => (await statusOf(events[1]!)) === 'uncollected');
    expect(await statusOf(events[0]!)).toBe('billed');
    const uncollected = (await metering.get(party, '/v1/charges?status=uncollected')).body.data!;
    expect(uncollected.map(({ eventId }) => eventId)).toEqual([events[1]!.id]);
  });

  it('is not needed for a use that costs nothing', async () => {
    const event = direct(0);
    await metering.report(metering.operator, event);
    expect(await metering.chargeOf(subscriber, event.id)).toMatchObject({ tokens: '0', status: 'billed' });
  });
});

describe('an app that sells below the cost of its model', () => {
  it("has its developer charged the rest, as a use of the developer's own that no sum of usage counts", async () => {
    await market.offerModel('costly', '70');
    const data = { app: 'translate', model: 'costly', units: { requests: 0, input_tokens: 10 } };
    const event = usage(data);
    await metering.report(metering.operator, event);
    expect(await metering.chargeOf(subscriber, event.id)).toMatchObject({ tokens: '0', status: 'billed' });
    const usageId = usageIdOf('operator', event.source, event.id);
    expect(await metering.until(() => metering.chargeOf(developer, usageId))).toMatchObject({
      ...{ source: 'tokengrid:subsidy', party: developer.partyId, app: 'translate', model: 'costly', tokens: '700' },
      ...{ status: 'rated', subsidyOf: usageId, units: {} },
    });
    expect((await metering.get(developer, '/v1/usage')).body.data).toEqual([]);
  });
});

describe('a repeat', () => {
  it('is told when the marks were rebuilt from the events, and however long ago a use was brought in', async () => {
    const recent = direct(1);
    const old = direct(1, { time: instantOf(Date.now() - repeatsToldMs - hourMs) });
    expect(await metering.reportAll(metering.operator, [recent, old])).toEqual(accepted(2));
    const pool = poolOf(metering.instance(DataSource));
    const { catalogue, projections } = definition;
    await rebuildProjections({
      pool,
      catalogue,
      projections: projections.filter(({ name }) => name === 'usage-marks'),
    });
    expect(await metering.reportAll(metering.operator, [old, recent])).toMatchObject({
      body: { accepted: 0, duplicates: 2 },
    });
  });
});

describe('reading', () => {
  it('adds usage up by window, meter, app and model', async () => {
    const party = await metering.register('subscriber');
    const at = (time: string, inputTokens: number) => direct(inputTokens, { subject: party.partyId, time });
    const events = [at('2026-03-02T10:00:10Z', 1), at('2026-03-02T10:00:50Z', 2), at('2026-03-02T11:30:00Z', 4)];
    await metering.reportAll(metering.operator, events);
    const row = { party: party.partyId, model: 'qwen', meter: 'input_tokens' };
    const hour = (time: string, units: number, uses: number) => ({
      ...row,
      ...{ from: `2026-03-02T${time}:00:00.000Z`, to: `2026-03-02T${Number(time) + 1}:00:00.000Z`, units, uses },
    });
    const path = `/v1/usage?party=${party.partyId}&window=hour`;
    const hours = [hour('10', 3, 2), hour('11', 4, 1)];
    expect(await metering.get(party, path)).toEqual({ status: 200, body: { data: hours, nextCursor: null } });
    const first = await metering.get(party, `${path}&limit=1`);
    expect(first.body.data).toEqual(hours.slice(0, 1));
    const next = await metering.get(party, `${path}&limit=1&cursor=${first.body['nextCursor'] as string}`);
    expect(next.body).toEqual({ data: hours.slice(1), nextCursor: null });
    const minutes = await metering.get(
      metering.operator,
      `/v1/usage?party=${party.partyId}&window=minute&to=2026-03-02T11:00:00Z`,
    );
    expect(minutes.body.data).toEqual([expect.objectContaining({ from: '2026-03-02T10:00:00.000Z', units: 3 })]);
    expect((await metering.get(party, `/v1/usage?from=2026-03-03`)).body.data).toEqual([]);
  });

  it('pages through charges', async () => {
    const party = await metering.register('subscriber');
    const events = Array.from({ length: 5 }, (_, n) => direct(n, { subject: party.partyId }));
    await metering.reportAll(metering.operator, events);
    const seen: unknown[] = [];
    for (let cursor: unknown = ''; cursor !== null;) {
      const { body } = await metering.get(party, `/v1/charges?limit=2${cursor ? `&cursor=${cursor as string}` : ''}`);
      seen.push(...body.data!.map((charge) => charge['eventId']));
      cursor = body['nextCursor'];
    }
    expect(seen.sort()).toEqual(events.map(({ id }) => id).sort());
  });

  it('lists charges by what has become of them', async () => {
    const party = await metering.register('subscriber');
    await metering.reportAll(metering.operator, [direct(1, { subject: party.partyId })]);
    const statuses = ['rated', 'billed', 'uncollected', 'voided'];
    const lists = await Promise.all(statuses.map((status) => metering.get(party, `/v1/charges?status=${status}`)));
    // No wallet answers here.
    expect(lists.map(({ body }) => body.data!.length)).toEqual([1, 0, 0, 0]);
  });

  it('shows nobody what is another’s', async () => {
    const other = await metering.register('subscriber');
    for (const path of ['/v1/charges', '/v1/usage']) {
      expect(await metering.get(other, `${path}?party=${subscriber.partyId}`)).toMatchObject({ status: 404 });
      expect((await metering.get(other, path)).body.data).toEqual([]);
    }
    expect((await metering.get(other, '/v1/parked')).body.data).toEqual([]);
  });

  it('shows developers and providers the use of what they sell', async () => {
    const event = usage({ app: 'translate', units: { requests: 1 } });
    await metering.report(developer, event);
    const charges = await metering.get(developer, `/v1/charges?app=translate&party=${subscriber.partyId}&limit=1000`);
    expect(charges.body.data).toContainEqual(expect.objectContaining({ eventId: event.id }));
    expect((await metering.get(provider, '/v1/usage?model=qwen&limit=1')).body.data).toHaveLength(1);
    expect((await metering.get(developer, '/v1/usage?model=qwen')).body.data).toEqual([]);
  });

  it.each([
    '/v1/charges?limit=0',
    '/v1/charges?cursor=x',
    '/v1/charges?from=now',
    '/v1/charges?status=paid',
    '/v1/usage?window=week',
    '/v1/parked?x=1',
  ])('refuses %s', async (path) => {
    expect(await metering.get(metering.operator, path)).toMatchObject({
      status: 400,
      body: { code: 'INVALID_ARGUMENT' },
    });
  });
});

describe('read models', () => {
  it('can be rebuilt from the events alone: the same digests, while the service runs', async () => {
    const { written, rebuilt } = await readModelsBothWays(metering, definition);
    expect(rebuilt).toEqual(written);
    expect(await metering.report(metering.operator, direct(1))).toEqual(accepted(1));
  });
});
