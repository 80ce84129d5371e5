import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  AppCreated,
  AppSubscribed,
  ChargeRefused,
  instantOf,
  ModelOffered,
  ModelPriced,
  VersionPublished,
  WalletCharged,
  walletIdOf,
} from '@tokengrid/contracts';
import { newId } from '@tokengrid/service';
import { rateUsage } from './decisions/rate-usage.ts';
import { usageIdOf } from './http/reported-use.ts';
import { type Caller, runMetering, type RunningMetering } from './testing/run-metering.ts';
import { Usages } from './usages.ts';

// What is waited for has patience of its own; a busy machine is no failure.
jest.setTimeout(60_000);

let metering: RunningMetering;
let subscriber: Caller;
let developer: Caller;
let provider: Caller;
beforeAll(async () => {
  metering = await runMetering();
  [subscriber, developer, provider] = await Promise.all([
    metering.register('subscriber'),
    metering.register('developer'),
    metering.register('provider'),
  ]);
  await offerModel('qwen', '2');
  await publishApp('translate', 'app_00000000000000000000000001', '1000');
  await subscribe(subscriber, 'translate');
}, 180_000);
afterAll(() => metering.close(), 60_000);

const longAgo = '2026-01-01T00:00:00.000Z';
const endpoint = 'https://models.example/v1';
const modelIds = new Map<string, string>();

/** A model that costs so much an input token from the start of 2026 on. */
async function offerModel(name: string, unitPrice: string) {
  const modelId = newId('mod');
  modelIds.set(name, modelId);
  await metering.appRegistry.say(
    modelId,
    ModelOffered({
      ...{ modelId, name, providerId: provider.partyId, endpoint, region: 'here', operatorBps: 1000, priceVersion: 1 },
      prices: [{ meter: 'input_tokens', unitPrice }],
      effectiveFrom: longAgo,
    }),
  );
  await metering.until(() => ratedAtOnce({ model: name, units: { input_tokens: 1 } }));
}

/** Whether the rate card has got as far as a use needs it. */
async function ratedAtOnce(data: object): Promise<boolean> {
  const event = usage(data);
  await metering.report(metering.operator, event);
  return (await metering.chargeOf(subscriber, event.id)) !== undefined;
}

async function publishApp(slug: string, appId: string, unitPrice: string) {
  const app = { appId, slug, developerId: developer.partyId };
  const prices = [{ meter: 'requests', model: 'per-unit' as const, unitPrice }];
  await metering.appRegistry.say(appId, AppCreated({ ...app, name: slug }));
  await metering.appRegistry.say(
    appId,
    VersionPublished({
      ...{ ...app, version: 1, name: slug, effectiveFrom: longAgo },
      manifest: {
        ...{ endpoint, description: slug, scopes: [], dataUse: [], revenueShare: { operatorBps: 2000 } },
        meters: [{ name: 'requests', unit: 'request', aggregation: 'sum' }],
        plans: [{ id: 'basic', name: 'Basic', prices }],
      },
    }),
  );
}

async function subscribe({ partyId }: Caller, slug: string) {
  const appId = 'app_00000000000000000000000001';
  const subscription = { subscriptionId: newId('sbn'), appId, slug, partyId, developerId: developer.partyId };
  await metering.appRegistry.say(
    `subscription-${appId}-${partyId}`,
    AppSubscribed({ ...subscription, version: 1, planId: 'basic', from: longAgo }),
  );
  await metering.until(
    async () => (await metering.report(developer, usage({ app: slug, units: { requests: 1 } }))).status === 202,
  );
}

let reported = 0;
/** A usage event of the subscriber's, unlike all others. */
const usage = <Data extends object>(data: Data, over: object = {}) => ({
  specversion: '1.0',
  id: `use-${++reported}`,
  source: '/specs',
  type: 'tokengrid.usage',
  subject: subscriber.partyId,
  time: instantOf(Date.UTC(2026, 2, 1, 12)),
  data,
  ...over,
});
const direct = (inputTokens: number, over: object = {}) =>
  usage({ model: 'qwen', units: { input_tokens: inputTokens } }, over);
const accepted = (count: number) => ({ status: 202, body: { accepted: count, duplicates: 0, rejected: [] } });

describe('reporting', () => {
  it('rates what is reported in each of the three content modes, at the prices in force', async () => {
    const { data, ...attributes } = direct(374);
    const headers = Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [`ce-${name}`, String(value)]),
    );
    const binary = { 'content-type': 'application/json', ...headers };
    const body = JSON.stringify(data);
    expect(await metering.call(metering.operator, 'POST', '/v1/events', binary, body)).toEqual(accepted(1));
    expect(await metering.report(metering.operator, direct(1))).toEqual(accepted(1));
    expect(await metering.reportAll(metering.operator, [direct(2), direct(3)])).toEqual(accepted(2));
    expect(await metering.chargeOf(subscriber, attributes.id)).toEqual({
      chargeId: expect.stringMatching(/^chg_/),
      usageId: expect.stringMatching(/^usg_/),
      source: '/specs',
      eventId: attributes.id,
      party: subscriber.partyId,
      model: 'qwen',
      units: { input_tokens: 374 },
      tokens: '748',
      priceVersion: 'model:qwen@1',
      status: 'rated',
      time: '2026-03-01T12:00:00.000Z',
    });
  });

  it('counts a repeat as a duplicate, in one batch and over many, whatever else it says', async () => {
    const [first, second] = [direct(1), direct(2)];
    const batch = [first, second, { ...first, data: { model: 'qwen', units: { input_tokens: 99 } } }];
    const sent = { accepted: 2, duplicates: 1, rejected: [] };
    expect(await metering.reportAll(metering.operator, batch)).toEqual({ status: 202, body: sent });
    expect(await metering.report(metering.operator, first)).toMatchObject({ body: { accepted: 0, duplicates: 1 } });
    expect(await metering.chargeOf(subscriber, first.id)).toMatchObject({ tokens: '2' });
  });

  it('tells the same of a keyed report again, and refuses another one under its key before it has any effect', async () => {
    const key = { 'idempotency-key': `report ${newId('x')}` };
    const batch = [direct(1), { ...direct(2), id: '' }, direct(3)];
    const answer = await metering.reportAll(metering.operator, batch, key);
    expect(answer).toMatchObject({ status: 202, body: { accepted: 2, rejected: [{ index: 1 }] } });
    expect(await metering.reportAll(metering.operator, batch, key)).toEqual(answer);
    const other = direct(4);
    const reused = { status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } };
    expect(await metering.reportAll(metering.operator, [other], key)).toMatchObject(reused);
    expect(await metering.chargeOf(subscriber, other.id)).toBeUndefined();
  });

  it('tells keyed reports in binary mode apart by their headers too', async () => {
    const { data, ...attributes } = direct(5);
    const send = (id: string) => {
      const all = { ...attributes, id, 'idempotency-key': attributes.id };
      const names = Object.entries(all).map(([name, value]) => [
        name === 'idempotency-key' ? name : `ce-${name}`,
        value,
      ]);
      const headers = { 'content-type': 'application/json', ...Object.fromEntries(names) };
      return metering.call(metering.operator, 'POST', '/v1/events', headers, JSON.stringify(data));
    };
    expect(await send(attributes.id)).toEqual(accepted(1));
    expect(await send(attributes.id)).toEqual(accepted(1));
    expect(await send('another')).toMatchObject({ status: 422 });
  });

  it('does not take one reporter’s ids for another’s', async () => {
    const event = usage({ app: 'translate', units: { requests: 1 } });
    expect(await metering.report(developer, event)).toEqual(accepted(1));
    expect(await metering.report(metering.operator, event)).toEqual(accepted(1));
  });

  it.each<[string, object, string]>([
    ['no id', { id: undefined }, '/id'],
    ['an empty id', { id: '' }, '/id'],
    ['an id of 256 characters', { id: 'x'.repeat(256) }, '/id'],
    ['no source', { source: undefined }, '/source'],
    ['another version of CloudEvents', { specversion: '0.3' }, '/specversion'],
    ['no subject', { subject: undefined }, '/subject'],
    ['the operator as payer', { subject: 'operator' }, '/subject'],
    ['a time that is none', { time: 'yesterday' }, '/time'],
    ['a time more than an hour ahead', { time: instantOf(Date.now() + 3_700_000) }, '/time'],
    ['a field that no CloudEvent has', { Subject: 'x' }, '/Subject'],
    ['no data', { data: undefined }, '/data'],
    ['data in base 64', { data_base64: 'e30=' }, '/data_base64'],
    ['neither app nor model', { data: { units: { requests: 1 } } }, '/data'],
    ['no meter', { data: { model: 'qwen', units: {} } }, '/data/units'],
    ['a fraction as a number', { data: { model: 'qwen', units: { input_tokens: 1.5 } } }, '/data/units/input_tokens'],
    ['a negative count', { data: { model: 'qwen', units: { input_tokens: -1 } } }, '/data/units/input_tokens'],
    ['7 decimals', { data: { model: 'qwen', units: { input_tokens: '0.1234567' } } }, '/data/units/input_tokens'],
    ['40 digits', { data: { model: 'qwen', units: { input_tokens: '1'.repeat(40) } } }, '/data/units/input_tokens'],
    ['an unknown field', { data: { model: 'qwen', units: { input_tokens: 1 }, price: '1' } }, '/data/price'],
  ])('refuses %s, and says where', async (_, over, pointer) => {
    const { status, body } = await metering.report(metering.operator, direct(1, over));
    expect([status, body['code']]).toEqual([400, 'INVALID_ARGUMENT']);
    expect(body['errors']).toContainEqual({ pointer, detail: expect.any(String) });
    const inBatch = await metering.reportAll(metering.operator, [direct(1), direct(1, over)]);
    const rejected = [{ index: 1, detail: expect.stringContaining(pointer) }];
    expect(inBatch).toEqual({ status: 202, body: { accepted: 1, duplicates: 0, rejected } });
  });

  it('takes extensions, decimals as strings, other time zones, and an event without time as now', async () => {
    const before = Date.now();
    const event = usage(
      { model: 'qwen', units: { input_tokens: '0.25' } },
      { time: undefined, traceparent: '00-1-2-3', datacontenttype: 'application/json', sampled: 1 },
    );
    expect(await metering.report(metering.operator, event)).toEqual(accepted(1));
    const charge = await metering.chargeOf(subscriber, event.id);
    expect(charge).toMatchObject({ units: { input_tokens: '0.25' }, tokens: '1' });
    expect(Date.parse(charge!['time'] as string)).toBeGreaterThanOrEqual(before);
    const east = direct(1, { time: '2026-03-01T20:00:00.1234567+08:00' });
    await metering.report(metering.operator, east);
    expect(await metering.chargeOf(subscriber, east.id)).toMatchObject({ time: '2026-03-01T12:00:00.123Z' });
  });

  it('says what it takes when it is sent something else', async () => {
    const headers = { 'content-type': 'application/json' };
    expect(await metering.call(metering.operator, 'POST', '/v1/events', headers, '{}')).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('ce-id') },
    });
    expect(await metering.reportAll(metering.operator, {})).toMatchObject({ status: 400 });
    const csv = { 'content-type': 'text/csv' };
    expect(await metering.call(metering.operator, 'POST', '/v1/events', csv, 'a,b')).toMatchObject({ status: 415 });
  });

  it('is for the operator, and for developers about their own apps and those subscribed to them', async () => {
    const own = usage({ app: 'translate', units: { requests: 1 } });
    expect(await metering.report(developer, own)).toEqual(accepted(1));
    const denied = { status: 403, body: { code: 'PERMISSION_DENIED' } };
    expect(await metering.report(subscriber, own)).toMatchObject(denied);
    expect(await metering.report(provider, direct(1))).toMatchObject(denied);
    expect(await metering.report(developer, direct(1))).toMatchObject(denied);
    expect(await metering.report(developer, { ...own, subject: developer.partyId })).toMatchObject(denied);
    const [other] = await Promise.all([metering.register('developer')]);
    expect(await metering.report(other, own)).toMatchObject(denied);
    const batch = [own, direct(1)];
    expect(await metering.reportAll(developer, batch)).toMatchObject({
      status: 202,
      body: { accepted: 0, duplicates: 1, rejected: [{ index: 1 }] },
    });
  });

  it('takes two thousand events in one go', async () => {
    const { partyId } = await metering.register('subscriber');
    const batch = Array.from({ length: 2000 }, () => direct(1, { subject: partyId }));
    expect(await metering.reportAll(metering.operator, batch)).toEqual(accepted(2000));
    expect(await metering.reportAll(metering.operator, batch)).toMatchObject({ body: { duplicates: 2000 } });
  });
});

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
    await offerModel('later-model', '3');
    expect(await metering.until(() => metering.chargeOf(later, event.id))).toMatchObject({ tokens: '30' });
    expect(await parkedAs(event.id)).toBeUndefined();
  });

  it('is rated, too, when what it waits for came between the look at the rate card and the parking', async () => {
    const { id, source, subject, time, data } = direct(7);
    const use = {
      ...{ usageId: usageIdOf('operator', source, id), source, eventId: id, reportedBy: 'operator', partyId: subject },
      ...{ time, ...data, units: { input_tokens: '7' } },
    };
    const command = { id: randomUUID(), streamId: use.usageId, correlationId: 'spec' };
    const terms = { known: false, waitsFor: 'model:qwen' } as const;
    await metering.instance(Usages).handle(rateUsage, { ...command, data: { use, terms } });
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
    await subscribe(party, 'translate');
    expect(await metering.until(() => metering.chargeOf(party, event.id))).toMatchObject({ tokens: '2000' });
  });

  it('is rated at the price of its own time, however late', async () => {
    const modelId = modelIds.get('qwen')!;
    const priced = { modelId, name: 'qwen', providerId: provider.partyId, priceVersion: 2 };
    const prices = [{ meter: 'input_tokens', unitPrice: '5' }];
    const from = '2026-06-01T00:00:00.000Z';
    await metering.appRegistry.say(modelId, ModelPriced({ ...priced, prices, effectiveFrom: from }));
    await metering.until(async () => {
      const after = direct(1, { time: from });
      await metering.report(metering.operator, after);
      return (await metering.chargeOf(subscriber, after.id))?.['tokens'] === '5';
    });
    const late = direct(1, { time: '2026-05-31T23:59:59.999Z' });
    await metering.report(metering.operator, late);
    expect(await metering.chargeOf(subscriber, late.id)).toMatchObject({ tokens: '2', priceVersion: 'model:qwen@1' });
  });
});

describe('the wallet’s answer', () => {
  const walletId = () => walletIdOf(subscriber.partyId);
  const rated = async (inputTokens: number) => {
    const event = direct(inputTokens);
    await metering.report(metering.operator, event);
    const { usageId, chargeId } = (await metering.chargeOf(subscriber, event.id)) as Record<string, string>;
    return {
      event,
      charge: { walletId: walletId(), usageId: usageId!, chargeId: chargeId!, tokens: BigInt(2 * inputTokens) },
    };
  };
  const becomes = (eventId: string, status: string) =>
    metering.until(async () => (await metering.chargeOf(subscriber, eventId))?.['status'] === status);

  it('bills a charge that was paid', async () => {
    const { event, charge } = await rated(10);
    const postings = [
      { account: `wallet:${walletId()}:available`, asset: 'AIT', amount: -20n },
      { account: 'lane:0:escrow', asset: 'AIT', amount: 20n },
    ];
    await metering.wallet.say(walletId(), WalletCharged({ ...charge, lots: [], postings }));
    await becomes(event.id, 'billed');
  });

  it('leaves a charge uncollected that was refused', async () => {
    const { event, charge } = await rated(11);
    await metering.wallet.say(walletId(), ChargeRefused({ ...charge, code: 'WALLET.INSUFFICIENT_TOKENS' }));
    await becomes(event.id, 'uncollected');
  });

  it('is not needed for a use that costs nothing', async () => {
    const event = direct(0);
    await metering.report(metering.operator, event);
    expect(await metering.chargeOf(subscriber, event.id)).toMatchObject({ tokens: '0', status: 'billed' });
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
    '/v1/usage?window=week',
    '/v1/parked?x=1',
  ])('refuses %s', async (path) => {
    expect(await metering.get(metering.operator, path)).toMatchObject({
      status: 400,
      body: { code: 'INVALID_ARGUMENT' },
    });
  });
});
