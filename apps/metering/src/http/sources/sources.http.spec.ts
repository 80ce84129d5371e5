import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
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

const newType = () => newId('type');
const place = (type: string) => `/v1/sources/${encodeURIComponent(type)}`;
const set = (who: Caller, type: string, mapping: unknown) => metering.call(who, 'PUT', place(type), mapping);
const attempt = (who: Caller, type: string, event: unknown) => metering.call(who, 'POST', `${place(type)}/try`, event);
/** What is not there is 503 for as long as events of others may be on their way. */
const notFound = (who: Caller, method: string, type: string) =>
  metering.until(async () => (await metering.call(who, method, place(type))).status === 404);
const chat = {
  model: '/data/model',
  units: { input_tokens: '/data/usage/prompt_tokens', requests: { value: '1' } },
};
const answered = (type: string, usage: object = { prompt_tokens: 7 }) =>
  market.usage({ model: 'qwen', text: 'hello', usage }, { type });

describe('a source', () => {
  it('tells where events of its type have app, model and units, from the next report on', async () => {
    const type = newType();
    expect(await metering.report(metering.operator, answered(type))).toMatchObject({ status: 400 });
    const body = { type, party: 'operator', ...chat, version: 1, setAt: expect.any(String) };
    expect(await set(metering.operator, type, chat)).toEqual({ status: 200, body });
    expect(await metering.get(metering.operator, place(type))).toEqual({ status: 200, body });
    const event = answered(type);
    expect(await metering.report(metering.operator, event)).toMatchObject({ status: 202, body: { accepted: 1 } });
    expect(await metering.chargeOf(subscriber, event.id)).toMatchObject({
      ...{ model: 'qwen', units: { input_tokens: 7, requests: 1 }, tokens: '14' },
    });
  });

  it('is read anew after each change, and not at all once it is removed', async () => {
    const type = newType();
    await set(metering.operator, type, chat);
    await metering.report(metering.operator, answered(type));
    const other = { model: '/data/model', units: { input_tokens: '/data/usage/completion_tokens' } };
    expect(await set(metering.operator, type, other)).toMatchObject({ status: 200, body: { version: 2 } });
    const event = answered(type, { prompt_tokens: 7, completion_tokens: 9 });
    await metering.report(metering.operator, event);
    expect(await metering.chargeOf(subscriber, event.id)).toMatchObject({ units: { input_tokens: 9 } });
    expect(await metering.call(metering.operator, 'DELETE', place(type))).toMatchObject({ status: 204 });
    await notFound(metering.operator, 'GET', type);
    await notFound(metering.operator, 'DELETE', type);
    expect(await metering.report(metering.operator, answered(type))).toMatchObject({ status: 400 });
    expect(await set(metering.operator, type, chat)).toMatchObject({ status: 200, body: { version: 4 } });
  });

  it.each([
    ['no slash', 'data/model'],
    ['a bare tilde', '/data/a~2'],
    ['a tilde at the end', '/data/a~'],
    ['the whole event', ''],
    ['no attribute', '/Data/model'],
    ['too long', `/data/${'x'.repeat(200)}`],
    ['a control character', '/data/\u0000'],
  ])('is refused with the place of a broken pointer: %s', async (_, pointer) => {
    const mapping = { model: '/data/model', units: { input_tokens: pointer } };
    const refused = await set(metering.operator, newType(), mapping);
    expect(refused).toMatchObject({
      ...{ status: 400, body: { code: 'INVALID_ARGUMENT', errors: [{ pointer: '/units/input_tokens' }] } },
    });
    expect(await set(metering.operator, newType(), { ...chat, model: pointer })).toMatchObject({
      ...{ status: 400, body: { errors: [{ pointer: '/model' }] } },
    });
  });

  it('has at least a meter and at most fifty, an app or a model, and no type of the network itself', async () => {
    const many = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`m${index}`, '/data/n']));
    const bad: [string, unknown, string][] = [
      [newType(), { ...chat, units: {} }, '/units'],
      [newType(), { ...chat, units: many }, '/units'],
      [newType(), { ...chat, price: '/data/price' }, '/price'],
      [newType(), { ...chat, app: { value: 'Not a slug' } }, '/app/value'],
      [newType(), { ...chat, units: { input_tokens: { value: '-1' } } }, '/units/input_tokens/value'],
      ['tokengrid.usage', chat, '/type'],
      [' ', chat, '/type'],
      ['t'.repeat(256), chat, '/type'],
    ];
    for (const [type, mapping, pointer] of bad) {
      expect(await set(metering.operator, type, mapping)).toMatchObject({
        ...{ status: 400, body: { errors: [{ pointer }] } },
      });
    }
    expect(await set(metering.operator, newType(), { units: chat.units })).toMatchObject({ status: 400 });
  });

  it.each(['t', 'ü', '型'])('is of a type of up to 255 characters: %s', async (letter) => {
    const type = `${newType()}.`.padEnd(255, letter);
    expect(await set(metering.operator, type, chat)).toMatchObject({ status: 200, body: { type } });
    const event = answered(type);
    expect(await metering.report(metering.operator, event)).toMatchObject({ status: 202, body: { accepted: 1 } });
    expect(await metering.call(metering.operator, 'DELETE', place(type))).toMatchObject({ status: 204 });
  });

  it("of a developer is for its own apps, and goes before the operator's", async () => {
    const type = newType();
    const own = { app: { value: 'translate' }, units: { requests: '/data/n' } };
    await set(metering.operator, type, { model: '/data/model', units: { requests: '/data/other' } });
    expect(await set(developer, type, own)).toMatchObject({ status: 200, body: { party: developer.partyId } });
    const event = market.usage({ n: 3, other: 99, model: 'qwen' }, { type });
    expect(await metering.report(developer, event)).toMatchObject({ status: 202, body: { accepted: 1 } });
    expect(await metering.chargeOf(subscriber, event.id)).toMatchObject({ app: 'translate', tokens: '3000' });
    expect(await metering.get(metering.operator, place(type))).toMatchObject({ body: { party: 'operator' } });
    expect(await set(developer, type, { ...own, app: { value: 'other-app' } })).toMatchObject({ status: 403 });
    expect(await set(developer, type, chat)).toMatchObject({ status: 400, body: { errors: [{ pointer: '/app' }] } });
    expect(await set(subscriber, type, own)).toMatchObject({ status: 403 });
    const mine = (await metering.get(developer, '/v1/sources')).body.data;
    expect(mine).toEqual([expect.objectContaining({ type, party: developer.partyId })]);
    const all = (await metering.get(metering.operator, '/v1/sources?limit=1000')).body.data!;
    expect(all.filter((source) => source['type'] === type)).toHaveLength(2);
    expect(await metering.call(developer, 'DELETE', place(type))).toMatchObject({ status: 204 });
    expect(await metering.get(developer, place(type))).toMatchObject({ body: { party: 'operator' } });
    await notFound(developer, 'DELETE', type);
  });

  it("leads a list's pages, each source once", async () => {
    const types = [newType(), newType(), newType()];
    for (const type of types) await set(developer, type, { app: '/data/app', units: { requests: '/data/n' } });
    const seen: unknown[] = [];
    let cursor: unknown = '';
    while (cursor !== null) {
      const { body } = await metering.get(
        developer,
        `/v1/sources?limit=1${cursor === '' ? '' : `&cursor=${String(cursor)}`}`,
      );
      seen.push(...body.data!.map((source) => source['type']));
      cursor = body['nextCursor'];
    }
    expect(seen).toEqual([...types].sort());
  });
});

describe('a tried event', () => {
  it('is told as the use that it would be, and recorded nowhere', async () => {
    const type = newType();
    await set(metering.operator, type, chat);
    const event = answered(type);
    expect(await attempt(metering.operator, type, event)).toEqual({
      status: 200,
      body: {
        use: {
          ...{ source: '/specs', eventId: event.id, party: subscriber.partyId, model: 'qwen' },
          ...{ units: { input_tokens: '7', requests: '1' }, time: expect.any(String) },
        },
      },
    });
    expect(await metering.chargeOf(subscriber, event.id)).toBeUndefined();
    expect(await metering.report(metering.operator, event)).toMatchObject({ body: { accepted: 1, duplicates: 0 } });
  });

  it("is told by its faults, each at its place in the sender's event", async () => {
    const type = newType();
    await set(metering.operator, type, chat);
    const event = answered(type, { prompt_tokens: -1 });
    const { body } = await attempt(metering.operator, type, { ...event, subject: 'nobody' });
    expect(body['errors']).toEqual([
      { pointer: '/subject', detail: expect.any(String) },
      { pointer: '/data/usage/prompt_tokens', detail: expect.stringContaining('must be a whole number from 0') },
    ]);
    const single = await metering.report(metering.operator, event);
    expect(single).toMatchObject({ status: 400, body: { errors: [{ pointer: '/data/usage/prompt_tokens' }] } });
    const other = await attempt(metering.operator, type, { ...event, type: 'other' });
    expect(other).toMatchObject({ status: 200, body: { errors: [{ pointer: '/type' }] } });
  });

  it('is told that its caller may not report it', async () => {
    const type = newType();
    await set(developer, type, { app: '/data/product/app', units: { requests: '/data/n' } });
    const tried = (data: object) => attempt(developer, type, market.usage(data, { type }));
    expect(await tried({ product: { app: 'translate' }, n: 1 })).toMatchObject({
      status: 200,
      body: { use: { app: 'translate' } },
    });
    expect(await tried({ product: { app: 'other' }, n: 1 })).toMatchObject({
      body: { errors: [{ pointer: '/data/product/app' }] },
    });
    const event = market.usage({ product: { app: 'other' }, n: 1 }, { type });
    const reported = await metering.report(developer, event);
    expect(reported).toMatchObject({ status: 403, body: { detail: expect.stringContaining('/data/product/app: ') } });
    expect(await attempt(subscriber, type, {})).toMatchObject({ status: 403 });
  });
});
