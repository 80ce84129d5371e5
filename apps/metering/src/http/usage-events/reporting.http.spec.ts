import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { instantOf } from '@tokengrid/contracts';
import { newId } from '@tokengrid/service';
import { type Market, openMarket } from '../../testing/market.ts';
import type { Caller, RunningMetering } from '../../testing/run-metering.ts';

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
const accepted = (count: number) => ({ status: 202, body: { accepted: count, duplicates: 0, rejected: [] } });

describe('reporting', () => {
  it('rates what is reported in each of the three content modes, at the prices in force', async () => {
    const { data, ...attributes } = direct(374);
    const headers = Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [`ce-${name}`, String(value)]),
    );
    const binary = { 'content-type': 'application/json', ...headers };
    const body = JSON.stringify(data);
    expect(await metering.reportAs(metering.operator, binary, body)).toEqual(accepted(1));
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
      corrections: 0,
      time: instantOf(market.usedAt),
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

  it('counts a repeat that names another payer as a duplicate, whatever lane that payer is in', async () => {
    const use = direct(1);
    expect(await metering.report(metering.operator, use)).toEqual(accepted(1));
    const others = await Promise.all(Array.from({ length: 8 }, () => metering.register('subscriber')));
    for (const { partyId } of others) {
      const repeat = await metering.report(metering.operator, { ...use, subject: partyId });
      expect(repeat).toEqual({ status: 202, body: { accepted: 0, duplicates: 1, rejected: [] } });
    }
    for (const other of others) expect(await metering.chargeOf(other, use.id)).toBeUndefined();
    const known = await metering.reportAll(metering.operator, [{ ...use, subject: others[0]!.partyId }, direct(2)]);
    expect(known).toEqual({ status: 202, body: { accepted: 1, duplicates: 1, rejected: [] } });
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
      return metering.reportAs(metering.operator, headers, JSON.stringify(data));
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
    ['a time of a clock that was never set', { time: '1970-01-01T00:00:17Z' }, '/time'],
    ['a time in the year 1', { time: '0001-01-01T00:00:00Z' }, '/time'],
    ['a field that no CloudEvent has', { Subject: 'x' }, '/Subject'],
    ['no data', { data: undefined }, '/data'],
    ['data in base 64', { data_base64: 'e30=' }, '/data_base64'],
    ['neither app nor model', { data: { units: { requests: 1 } } }, '/data'],
    ['no meter', { data: { model: 'qwen', units: {} } }, '/data/units'],
    ['a source of the network itself', { source: 'tokengrid:subsidy' }, '/source'],
    [
      '10^18 units',
      { data: { model: 'qwen', units: { input_tokens: '1000000000000000000' } } },
      '/data/units/input_tokens',
    ],
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

  it('takes extensions, decimals as strings, other time zones, what is late by decades, and an event without time as now', async () => {
    const before = Date.now();
    const event = usage(
      { model: 'qwen', units: { input_tokens: '0.25' } },
      { time: undefined, traceparent: '00-1-2-3', datacontenttype: 'application/json', sampled: 1 },
    );
    expect(await metering.report(metering.operator, event)).toEqual(accepted(1));
    const charge = await metering.chargeOf(subscriber, event.id);
    expect(charge).toMatchObject({ units: { input_tokens: '0.25' }, tokens: '1' });
    expect(Date.parse(charge!['time'] as string)).toBeGreaterThanOrEqual(before);
    const late = direct(1, { time: '2000-01-01T00:00:00Z' });
    expect(await metering.report(metering.operator, late)).toEqual(accepted(1));
    const east = direct(1, { time: '2026-03-01T20:00:00.1234567+08:00' });
    await metering.report(metering.operator, east);
    expect(await metering.chargeOf(subscriber, east.id)).toMatchObject({ time: '2026-03-01T12:00:00.123Z' });
  });

  it('refuses a meter that every object has', async () => {
    const text = JSON.stringify(direct(1)).replace('input_tokens', '__proto__');
    const headers = { 'content-type': 'application/cloudevents+json' };
    expect(await metering.reportAs(metering.operator, headers, text)).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/data/units/__proto__', detail: expect.any(String) }] },
    });
  });

  it('takes the largest count, and a use as old as repeats are told', async () => {
    const largest = direct(1, { data: { model: 'qwen', units: { input_tokens: '999999999999999999.999999' } } });
    expect(await metering.report(metering.operator, largest)).toEqual(accepted(1));
    expect(await metering.chargeOf(subscriber, largest.id)).toMatchObject({ tokens: '2000000000000000000' });
    const windowMs = 35 * 24 * 3_600_000;
    const aged = (ms: number) =>
      usage({ app: 'translate', units: { requests: 1 } }, { time: instantOf(Date.now() - windowMs + ms) });
    expect(await metering.report(developer, aged(60_000))).toEqual(accepted(1));
    expect(await metering.report(developer, aged(-60_000))).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/time', detail: expect.any(String) }] },
    });
  });

  it('says what it takes when it is sent something else', async () => {
    const headers = { 'content-type': 'application/json' };
    expect(await metering.reportAs(metering.operator, headers, '{}')).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('ce-id') },
    });
    expect(await metering.reportAll(metering.operator, {})).toMatchObject({ status: 400 });
    const csv = { 'content-type': 'text/csv' };
    expect(await metering.reportAs(metering.operator, csv, 'a,b')).toMatchObject({ status: 415 });
  });

  it('is for the operator, and for developers about their own apps and those subscribed to them', async () => {
    const own = usage({ app: 'translate', units: { requests: 1 } });
    expect(await metering.report(developer, own)).toEqual(accepted(1));
    const denied = { status: 403, body: { code: 'PERMISSION_DENIED' } };
    expect(await metering.report(subscriber, own)).toMatchObject(denied);
    expect(await metering.report(provider, direct(1))).toMatchObject(denied);
    expect(await metering.report(developer, direct(1))).toMatchObject(denied);
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
