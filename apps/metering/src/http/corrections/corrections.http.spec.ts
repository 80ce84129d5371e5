import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { instantOf, PeriodClosing, UsesAccrued, VersionPublished } from '@tokengrid/contracts';
import { appId, type Market, openMarket, translateManifest } from '../../testing/market.ts';
import type { Answered, Caller, RunningMetering } from '../../testing/run-metering.ts';

let market: Market;
let metering: RunningMetering;
beforeAll(async () => {
  market = await openMarket();
  ({ metering } = market);
}, 180_000);
afterAll(() => metering.close(), 60_000);

interface Asked {
  readonly id: string;
  readonly units?: object;
  readonly [field: string]: unknown;
}

const correct = (who: Caller, asked: Asked, key?: string): Promise<Answered> =>
  metering.call(who, 'POST', '/v1/corrections', { source: '/specs', reason: 'counted twice', ...asked }, key);

/** A use that the developer reported of its app: 1,000 µAIT a request. */
async function used(requests: number, over: object = {}) {
  const event = market.usage({ app: 'translate', units: { requests } }, over);
  expect((await metering.report(market.developer, event)).status).toBe(202);
  return event.id;
}

/** A day on which nothing else is used, and a time of it. */
function dayBefore(days: number) {
  const time = instantOf(market.usedAt - days * 86_400_000);
  return { time, day: time.slice(0, 10), next: instantOf(market.usedAt - (days - 1) * 86_400_000).slice(0, 10) };
}

const chargeOf = (id: string) => metering.chargeOf(market.subscriber, id);

describe('a correction', () => {
  it('replaces the units, by the use’s own prices, and says what is charged or given back', async () => {
    const id = await used(3);
    const first = await correct(market.developer, { id, units: { requests: 1 } });
    expect(first).toMatchObject({
      status: 200,
      body: { ...{ eventId: id, number: 1, status: 'corrected', tokens: '1000', difference: '-2000' } },
    });
    expect(first.body['units']).toEqual({ requests: 1 });
    expect(await chargeOf(id)).toMatchObject({
      tokens: '1000',
      units: { requests: 1 },
      status: 'rated',
      corrections: 1,
    });
    const further = await correct(market.developer, { id, units: { requests: '2.5' } });
    expect(further.body).toMatchObject({ number: 2, tokens: '2500', difference: '1500' });
    expect(await chargeOf(id)).toMatchObject({ tokens: '2500', units: { requests: '2.5' }, corrections: 2 });
  });

  it('keeps to the prices by which the use was rated, whatever is published for its time since', async () => {
    const id = await used(1);
    const named = { appId, slug: 'translate', developerId: market.developer.partyId, version: 2, name: 'Translate' };
    const prices = [{ meter: 'requests', model: 'per-unit' as const, unitPrice: '7000' }];
    const manifest = { ...translateManifest, plans: [{ id: 'basic', name: 'Basic', prices }] };
    const from = '2026-01-02T00:00:00.000Z';
    const times = { effectiveFrom: from, subscriptionsFrom: from };
    await metering.appRegistry.say(appId, VersionPublished({ ...named, manifest, ...times }));
    await metering.until(async () => (await chargeOf(await used(1)))?.['tokens'] === '7000');
    expect((await correct(market.developer, { id, units: { requests: 2 } })).body).toMatchObject({ tokens: '2000' });
  });

  it('without units voids the use, for good', async () => {
    const id = await used(2);
    const voided = { status: 'voided', units: {}, tokens: '0' };
    const before = BigInt((await chargeOf(id))!['tokens'] as string);
    expect((await correct(market.developer, { id })).body).toMatchObject({ ...voided, difference: String(-before) });
    expect(await chargeOf(id)).toMatchObject(voided);
    expect((await correct(market.developer, { id })).body).toMatchObject({ ...voided, number: 1, difference: '0' });
    const again = await correct(market.developer, { id, units: { requests: 1 } });
    expect(again).toMatchObject({ status: 409, body: { code: 'METERING.USE_VOIDED' } });
    const repeat = market.usage({ app: 'translate', units: { requests: 2 } }, { id });
    expect((await metering.report(market.developer, repeat)).body).toMatchObject({ accepted: 0, duplicates: 1 });
    expect(await chargeOf(id)).toMatchObject(voided);
  });

  it('that says what the use is already changes nothing', async () => {
    const id = await used(2);
    const nothing = { number: 0, difference: '0', units: { requests: 2 } };
    expect((await correct(market.developer, { id, units: { requests: '2.000' } })).body).toMatchObject(nothing);
    expect(await chargeOf(id)).toMatchObject({ corrections: 0 });
  });

  it('that is sent twice under two keys counts once, and one of a correction is of the use as it is by then', async () => {
    const id = await used(5);
    const price = BigInt((await chargeOf(id))!['tokens'] as string) / 5n;
    const cost = (requests: bigint) => String(price * requests);
    const twice = { id, units: { requests: 2 } };
    expect((await correct(market.developer, twice)).body).toMatchObject({ number: 1, difference: cost(-3n) });
    expect((await correct(market.developer, twice)).body).toMatchObject({
      number: 1,
      difference: '0',
      tokens: cost(2n),
    });
    const back = await correct(market.developer, { id, units: { requests: 5 } });
    expect(back.body).toMatchObject({ number: 2, difference: cost(3n), tokens: cost(5n) });
    expect(await chargeOf(id)).toMatchObject({ tokens: cost(5n), corrections: 2 });
  });

  it('is of a use: by the names of another correction none is found', async () => {
    const id = await used(5);
    const { body } = await correct(market.developer, { id, units: { requests: 2 } });
    for (const name of [body['receiptId'], body['usageId'], `${id}/1`]) {
      expect(await correct(market.developer, { id: String(name) })).toMatchObject({ status: 404 });
    }
    expect(await chargeOf(id)).toMatchObject({ units: { requests: 2 }, corrections: 1 });
  });

  it('has the same answer under its key, and no other body', async () => {
    const id = await used(2);
    const other = await used(2);
    const first = await correct(market.developer, { id, units: { requests: 1 } }, 'once');
    expect(await correct(market.developer, { id, units: { requests: 1 } }, 'once')).toMatchObject({
      status: 200,
      body: first.body,
    });
    const refused = { status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } };
    expect(await correct(market.developer, { id, units: { requests: 4 } }, 'once')).toMatchObject(refused);
    expect(await correct(market.developer, { id: other, units: { requests: 1 } }, 'once')).toMatchObject(refused);
    expect(await chargeOf(other)).toMatchObject({ corrections: 0 });
  });

  it('counts once among many at the same time', async () => {
    const id = await used(5);
    const answers = await Promise.all(
      [1, 2, 3, 4, 1, 2, 3, 4].map((requests) => correct(market.developer, { id, units: { requests } })),
    );
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    const { tokens, units, corrections } = (await chargeOf(id))!;
    const moved = answers.filter(({ body }) => body['difference'] !== '0');
    expect(new Set(moved.map(({ body }) => body['number'])).size).toBe(moved.length);
    expect(corrections).toBe(moved.length);
    const last = moved.find(({ body }) => body['number'] === corrections)!;
    expect(last.body).toMatchObject({ tokens, units });
  });

  it('is summed in usage and listed once', async () => {
    const { time, day, next } = dayBefore(9);
    const id = await used(9, { time });
    await correct(market.developer, { id, units: { requests: 4 } });
    const other = await used(5, { time });
    await correct(market.developer, { id: other });
    const asked = `from=${day}T00:00:00Z&to=${next}T00:00:00Z`;
    const usage = (await metering.get(market.subscriber, `/v1/usage?window=day&${asked}`)).body.data!;
    expect(usage).toMatchObject([{ meter: 'requests', units: 4, uses: 1 }]);
    const { data } = (await metering.get(market.subscriber, `/v1/charges?${asked}`)).body;
    expect(data!.map(({ eventId }) => eventId).sort()).toEqual([id, other].sort());
    const voided = (await metering.get(market.subscriber, `/v1/charges?${asked}&status=voided`)).body.data!;
    expect(voided.map(({ eventId }) => eventId)).toEqual([other]);
  });
});

describe('a correction of', () => {
  it('a use that is parked replaces or voids it while it is', async () => {
    const direct = (units: object) => market.usage({ model: 'not-yet', units });
    const [replaced, voided] = [direct({ input_tokens: 7 }), direct({ input_tokens: 9 })];
    await metering.reportAll(metering.operator, [replaced, voided]);
    expect((await correct(metering.operator, { id: replaced.id, units: { input_tokens: 5 } })).body).toMatchObject({
      ...{ status: 'parked', units: { input_tokens: 5 }, waitsFor: 'model:not-yet', tokens: '0' },
    });
    expect((await correct(metering.operator, { id: voided.id })).body).toMatchObject({ status: 'voided' });
    expect((await correct(metering.operator, { id: voided.id })).body).toMatchObject({ difference: '0' });
    expect(await correct(metering.operator, { id: voided.id, units: { input_tokens: 1 } })).toMatchObject({
      body: { code: 'METERING.USE_VOIDED' },
    });
    await market.offerModel('not-yet', '3');
    expect(await metering.until(() => chargeOf(replaced.id))).toMatchObject({ tokens: '15' });
    expect(await chargeOf(voided.id)).toMatchObject({ status: 'voided', tokens: '0', units: {} });
    expect((await metering.report(metering.operator, voided)).body).toMatchObject({ duplicates: 1 });
  });

  it('a parked use whose amount was beyond all fields lets it be rated', async () => {
    await market.offerModel('dear', '999999999999999999');
    const use = market.usage({ model: 'dear', units: { input_tokens: '999999999999999999' } });
    await metering.report(metering.operator, use);
    expect((await correct(metering.operator, { id: use.id, units: { input_tokens: 1 } })).status).toBe(200);
    expect(await metering.until(() => chargeOf(use.id))).toMatchObject({ tokens: '999999999999999999' });
    const much = { id: use.id, units: { input_tokens: '999999999999999999' } };
    expect(await correct(metering.operator, much)).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/units' }] },
    });
    expect(await correct(metering.operator, { id: use.id, units: { images: 1 } })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/units' }] },
    });
  });

  it('an unknown use, or another reporter’s, is not found, and says so', async () => {
    const direct = market.direct(1);
    await metering.report(metering.operator, direct);
    for (const id of ['never-reported', direct.id]) {
      const { status, body } = await correct(market.developer, { id, units: { requests: 1 } });
      expect({ status, code: body['code'] }).toEqual({ status: 404, code: 'NOT_FOUND' });
      expect(body['detail']).toContain(`/specs ${id}`);
    }
    const others = await correct(market.developer, { id: direct.id, reportedBy: 'operator' });
    expect(others.status).toBe(404);
    for (const who of [market.subscriber, market.provider])
      expect((await correct(who, { id: direct.id })).status).toBeGreaterThanOrEqual(403);
  });

  it('a use that is described by another payer or time is not found, and stays as it is', async () => {
    const id = await used(2);
    const { partyId: party } = market.subscriber;
    const time = instantOf(market.usedAt);
    const later = instantOf(market.usedAt + 1);
    for (const wrong of [{ party: market.provider.partyId }, { time: later }, { party, time: later }]) {
      expect(await correct(market.developer, { id, ...wrong })).toMatchObject({ status: 404 });
    }
    expect(await chargeOf(id)).toMatchObject({ corrections: 0, tokens: expect.not.stringMatching(/^0$/) });
    expect((await correct(market.developer, { id, party, time })).body).toMatchObject({ number: 1, status: 'voided' });
  });

  it('anybody’s use is the operator’s right, who says whose where two have reported one', async () => {
    const id = await used(3);
    expect((await correct(metering.operator, { id, units: { requests: 2 } })).body).toMatchObject({ number: 1 });
    await metering.report(metering.operator, market.direct(1, { id }));
    const { status, body } = await correct(metering.operator, { id, units: { requests: 1 } });
    expect({ status, errors: body['errors'] }).toMatchObject({ status: 400, errors: [{ pointer: '/reportedBy' }] });
    const { partyId: reportedBy } = market.developer;
    expect((await correct(metering.operator, { id, reportedBy })).body).toMatchObject({ number: 2, status: 'voided' });
  });

  it('a use of a day that settlement closes is the operator’s alone', async () => {
    const { time, day: period } = dayBefore(12);
    const id = await used(3, { time });
    const closing = { period, timeZone: 'UTC', lanes: 2, early: false };
    await metering.settlement.say(`period-${period}`, PeriodClosing(closing));
    let requests = 3;
    await metering.until(async () => {
      const { body } = await correct(market.developer, { id, units: { requests: ++requests } });
      return body['code'] === 'METERING.DAY_CLOSED';
    });
    expect((await correct(metering.operator, { id })).body).toMatchObject({ status: 'voided' });
  });
});

describe('what the operator advanced for refunds', () => {
  it('is charged to the party, as a use that the operator alone earns', async () => {
    const { partyId } = market.provider;
    const accrued = UsesAccrued({
      ...{ walletLane: 1, from: 7, to: 9, uses: 0, tokens: -600n },
      periods: [
        {
          ...{ period: '2026-02-01', timeZone: 'UTC', uses: 0, tokens: -600n },
          sums: [{ partyId, role: 'provider', priceVersion: 'model:qwen@1', tokens: -600n, uses: 0, units: {} }],
          advanced: [{ partyId, role: 'provider', tokens: 500n }],
        },
      ],
    });
    await metering.settlement.say('lane-1', accrued);
    const charges = await metering.until(async () => {
      const { data } = (await metering.get(market.provider, '/v1/charges?source=tokengrid:advance')).body;
      return data!.length > 0 && data;
    });
    expect(charges).toMatchObject([{ party: partyId, tokens: '500', units: {}, status: 'rated' }]);
  });
});

describe('what is no correction', () => {
  it.each<[string, object, string]>([
    ['a reason is missing', { reason: undefined }, '/reason'],
    ['a reason is blank', { reason: ' \u200b' }, '/reason'],
    ['a source is missing', { source: undefined }, '/source'],
    ['a fee is meant, which follows its subscription', { source: 'tokengrid:subscription' }, '/source'],
    ['an id is empty', { id: '' }, '/id'],
    ['there are no meters', { units: {} }, '/units'],
    ['units are below 0', { units: { requests: -1 } }, '/units/requests'],
    ['units are 10^18', { units: { requests: 10 ** 18 } }, '/units/requests'],
    ['units are 10^18, as text', { units: { requests: '1000000000000000000' } }, '/units/requests'],
    ['units have 7 decimals', { units: { requests: '1.1234567' } }, '/units/requests'],
    ['a meter is no name', { units: { 'Not a name': 1 } }, '/units/Not a name'],
    ['a field is unknown', { tokens: '5' }, '/tokens'],
  ])('is refused at its place where %s', async (_, wrong, pointer) => {
    const { status, body } = await correct(market.developer, { id: 'x', ...wrong });
    expect({ status, errors: body['errors'] }).toMatchObject({ status: 400, errors: [{ pointer }] });
  });

  it.each(['__proto__', 'constructor', 'toString'])('takes no harm from a meter named %s', async (meter) => {
    const id = await used(2);
    const units = JSON.parse(`{"requests":1,"${meter}":3}`) as object;
    const { status, body } = await correct(market.developer, { id, units });
    if (status === 200) expect(body).toMatchObject({ tokens: expect.stringMatching(/^\d+$/) });
    else expect(status).toBe(400);
    expect(Object.keys((await chargeOf(id))!['units'] as object)).not.toContain('__proto__');
  });
});
