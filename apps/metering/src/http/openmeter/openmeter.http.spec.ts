import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OpenMeter } from '@openmeter/sdk';
import { instantOf } from '@tokengrid/contracts';
import { newId } from '@tokengrid/service';
import { type Market, openMarket } from '../../testing/market.ts';
import type { Caller, RunningMetering } from '../../testing/run-metering.ts';

let market: Market;
let metering: RunningMetering;
let subscriber: Caller;
let developer: Caller;
beforeAll(async () => {
  market = await openMarket();
  ({ metering, subscriber, developer } = market);
}, 180_000);
afterAll(() => metering.close(), 60_000);

const client = ({ secret: apiKey }: Caller) => new OpenMeter({ baseUrl: metering.url, apiKey });

/** Uses of the app that the subscriber is charged for, at the developer's report. */
const ingested = (id: string) => metering.chargeOf(subscriber, id);

describe("OpenMeter's SDK", () => {
  it('reports uses with an address and a key alone, one and many, by a source', async () => {
    const type = newId('type');
    const mapping = { app: { value: 'translate' }, units: { requests: '/data/requests' } };
    await metering.call(developer, 'PUT', `/v1/sources/${type}`, mapping);
    const { events } = client(developer);
    const [one, two, three] = [newId('use'), newId('use'), newId('use')];
    const use = (id: string, requests: number | string) => ({
      ...{ id, type, subject: subscriber.partyId, time: new Date(market.usedAt), data: { requests, path: '/x' } },
    });
    await events.ingest(use(one, 2) as never);
    await events.ingest([use(two, '3'), use(three, 4), use(one, 2)] as never);
    expect(await ingested(one)).toMatchObject({ app: 'translate', tokens: '2000', source: '@openmeter/sdk' });
    expect(await ingested(two)).toMatchObject({ tokens: '3000', time: instantOf(market.usedAt) });
    expect(await ingested(three)).toMatchObject({ tokens: '4000' });
  });

  it('sends ids and times of its own where it is given none', async () => {
    const data = { app: 'translate', units: { requests: 11 } };
    const event = { type: 'use', subject: subscriber.partyId, data };
    await client(developer).events.ingest(event as never);
    await metering.until(async () => {
      const { body } = await metering.get(subscriber, '/v1/charges?limit=1000');
      return body.data!.some(({ tokens }) => tokens === '11000');
    });
  });

  it('is told of rejected events, and the others are taken', async () => {
    const { events } = client(developer);
    const good = market.usage({ app: 'translate', units: { requests: 1 } });
    const bad = market.usage({ app: 'translate', units: { requests: -1 } });
    await expect(events.ingest([good, bad] as never)).rejects.toThrow('1 of 2 events rejected, the others are taken');
    expect(await ingested(good.id)).toMatchObject({ tokens: '1000' });
    await expect(client(subscriber).events.ingest(good as never)).rejects.toMatchObject({ status: 403 });
  });
});

/** The request of LiteLLM's callback, as its source makes it. */
const litellm = (id: string, over: object = {}, data: object = {}) => ({
  ...{ specversion: '1.0', type: 'litellm_tokens', id, time: '2026-01-31T08:00:00.123456+00:00' },
  ...{ subject: subscriber.partyId, source: 'litellm-proxy' },
  data: { model: 'qwen', cost: 1.25e-5, prompt_tokens: 374, completion_tokens: 44, total_tokens: 418, ...data },
  ...over,
});

describe("LiteLLM's callback", () => {
  const post = (event: object, type = 'application/cloudevents+json', who = metering.operator) =>
    metering.send({
      ...{ method: 'POST', path: '/api/v1/events', body: JSON.stringify(event) },
      headers: { 'content-type': type, authorization: `Bearer ${who.secret}` },
    });

  it('reports the tokens of a model without any source', async () => {
    const time = new Date(market.usedAt).toISOString().replace('Z', '456+00:00');
    const id = newId('chatcmpl');
    expect(await post(litellm(id, { time }))).toEqual({ status: 204, body: {} });
    expect(await ingested(id)).toMatchObject({
      ...{ model: 'qwen', units: { input_tokens: 374, output_tokens: 44 }, tokens: '748' },
      time: instantOf(market.usedAt),
    });
  });

  it.each<[string, string, object]>([
    ['a time without a zone, of older versions of Python', '456', {}],
    ['a time without a fraction', '', {}],
    ['costs and totals that it does not know', '456', { cost: null, total_tokens: null }],
  ])('reports with %s', async (_, digits, data) => {
    const id = newId('chatcmpl');
    const iso = instantOf(market.usedAt);
    const time = digits === '' ? iso.slice(0, 19) : iso.replace('Z', digits);
    expect(await post(litellm(id, { time }, data))).toEqual({ status: 204, body: {} });
    expect(await ingested(id)).toMatchObject({ tokens: '748', time: instantOf(market.usedAt) });
  });

  it('is told the place of a fault', async () => {
    const time = instantOf(market.usedAt);
    const fault = await post(litellm(newId('chatcmpl'), { time }, { prompt_tokens: -1 }));
    expect(fault).toMatchObject({ status: 400, body: { errors: [{ pointer: '/data/prompt_tokens' }] } });
    const nobody = await post(litellm(newId('chatcmpl'), { time, subject: 'user-1' }));
    expect(nobody).toMatchObject({ status: 400, body: { errors: [{ pointer: '/subject' }] } });
  });

  it('may be plain JSON, one event or many', async () => {
    const time = instantOf(market.usedAt);
    const ids = [newId('chatcmpl'), newId('chatcmpl'), newId('chatcmpl')] as const;
    const [first, ...others] = ids.map((id) => litellm(id, { time }));
    expect(await post(first!, 'application/json')).toMatchObject({ status: 204 });
    expect(await post(others, 'application/json; charset=utf-8')).toMatchObject({ status: 204 });
    for (const id of ids) expect(await ingested(id)).toMatchObject({ tokens: '748' });
    expect(await post(first!, 'text/plain')).toMatchObject({ status: 415 });
    expect(await post(first!, 'application/json', subscriber)).toMatchObject({ status: 403 });
  });
});
