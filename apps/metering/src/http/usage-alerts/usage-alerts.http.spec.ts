import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { commandIdOf, PartyReinstated, PartySuspended, UsageAlertSet } from '@tokengrid/contracts';
import { dayAfter } from '@tokengrid/kernel';
import { calendarOf, newId } from '@tokengrid/service';
import { alertsStreamOf } from '../../decisions/state/usage-alerts.ts';
import { UsageAlerts } from '../../flows/usage-alerts.ts';
import { UsageAlertStreams } from '../../streams/usage-alert-streams.ts';
import { type Market, openMarket } from '../../testing/market.ts';
import type { Caller, RunningMetering } from '../../testing/run-metering.ts';

let market: Market;
let metering: RunningMetering;
beforeAll(async () => {
  market = await openMarket(timeZone);
  ({ metering } = market);
}, 180_000);
afterAll(() => metering.close(), 60_000);

const hourMs = 3_600_000;
const now = Date.now();
/** Time zone whose hours and days do not end while the spec runs. */
const timeZone = new Date(now).getUTCMinutes() < 30 ? 'UTC' : 'Asia/Kolkata';
const iso = (time: number) => new Date(time).toISOString();
const place = (name: string) => `/v1/usage-alerts/${name}`;
const set = (who: Caller, name: string, terms: object) => metering.call(who, 'PUT', place(name), terms);
const daily = (budget: string, ...percents: number[]) => ({
  ...{ measure: 'tokens', window: 'day', threshold: { budget, percents } },
});

/** Reports direct uses of a party, at 2 µAIT a token, now used. */
async function use({ partyId }: Caller, ...units: readonly number[]): Promise<void> {
  const events = units.map((n) => market.direct(n, { subject: partyId, time: iso(now) }));
  expect(await metering.reportAll(metering.operator, events)).toMatchObject({ body: { accepted: units.length } });
}

async function raised(who: Caller, query = ''): Promise<Record<string, unknown>[]> {
  return (await metering.get(who, `/v1/raised-usage-alerts?limit=1000${query}`)).body.data!;
}

const raisedBy = async (who: Caller, ...expected: object[]) => {
  await metering.until(async () => (await raised(who)).length >= expected.length);
  expect(await raised(who)).toEqual(expected.map((each) => expect.objectContaining(each)));
};

/** Looks at all that is stored, as ticks do; twice, since a second look has nothing to raise. */
async function looked(): Promise<void> {
  const alerts = metering.instance(UsageAlerts);
  for (let nth = 0; nth < 2; nth++) while (await alerts.look());
}

describe('a usage alert', () => {
  it('is set, shown, listed by name, and removed', async () => {
    const party = await metering.register('subscriber');
    const terms = { measure: 'tokens', window: 'month', threshold: { budget: '70', percents: [100, 20] } };
    const body = {
      ...{ name: 'b', owner: party.partyId, version: 1, party: party.partyId, measure: 'tokens', window: 'month' },
      ...{ timeZone, threshold: { budget: '70', percents: [20, 100] }, since: expect.any(String) },
    };
    expect(await set(party, 'b', terms)).toEqual({ status: 200, body });
    expect(await set(party, 'b', terms)).toEqual({ status: 200, body });
    const anomaly = { percent: 250, windows: 7, floor: '1.5' };
    const units = { measure: 'units', meter: 'input_tokens', window: 'hour', timeZone: 'Europe/Berlin', anomaly };
    expect(await set(party, 'a', units)).toMatchObject({
      ...{ status: 200, body: { version: 2, anomaly: { ...anomaly, apart: 'hour' } } },
    });
    expect(await metering.get(party, place('b'))).toEqual({ status: 200, body });
    const first = await metering.get(party, '/v1/usage-alerts?limit=1');
    expect(first.body.data).toMatchObject([{ name: 'a' }]);
    const cursor = String(first.body['nextCursor']);
    expect(await metering.get(party, `/v1/usage-alerts?cursor=${cursor}`)).toMatchObject({
      ...{ body: { data: [body], nextCursor: null } },
    });
    expect(await metering.call(party, 'DELETE', place('b'))).toMatchObject({ status: 204 });
    expect(await metering.call(party, 'DELETE', place('b'))).toMatchObject({ status: 404 });
    expect(await metering.get(party, place('b'))).toMatchObject({ status: 404 });
  });

  it("is its owner's: others don't find it, and the operator reads it", async () => {
    const [party, other] = [await metering.register('subscriber'), await metering.register('subscriber')];
    await set(party, 'mine', daily('100', 100));
    expect(await metering.get(other, place('mine'))).toMatchObject({ status: 404 });
    expect(await metering.call(other, 'DELETE', place('mine'))).toMatchObject({ status: 404 });
    for (const path of ['/v1/usage-alerts?', '/v1/usage-alerts/mine?', '/v1/raised-usage-alerts?']) {
      expect(await metering.get(other, `${path}owner=${party.partyId}`)).toMatchObject({ status: 404 });
      expect(await metering.get(metering.operator, `${path}owner=${party.partyId}`)).toMatchObject({ status: 200 });
    }
    expect(await set(other, 'theirs', { ...daily('100', 100), party: party.partyId })).toMatchObject({ status: 404 });
  });

  it("counts what its owner may read: a developer's app, units of a provider's model, a key of one's own", async () => {
    const { developer, provider, subscriber } = market;
    const key = newId('key');
    const units = {
      measure: 'units',
      meter: 'input_tokens',
      window: 'hour',
      threshold: { budget: '5', percents: [100] },
    };
    const [ofApp, ofModel] = [
      { ...units, app: 'translate' },
      { ...units, model: 'qwen' },
    ];
    const { body } = await set(developer, 'app', ofApp);
    expect(body).toMatchObject({ app: 'translate' });
    expect(body).not.toHaveProperty('party');
    expect((await set(provider, 'model', ofModel)).body).not.toHaveProperty('party');
    expect((await set(provider, 'app', ofApp)).body).toMatchObject({ party: provider.partyId });
    // Costs of the model's uses are not the provider's to see.
    const costs = { ...daily('5', 100), model: 'qwen' };
    expect((await set(provider, 'costs', costs)).body).toMatchObject({ party: provider.partyId });
    expect(await set(subscriber, 'key', { ...units, key })).toMatchObject({ status: 200, body: { key } });
    expect(await set(developer, 'key', { ...ofApp, key })).toMatchObject({ status: 403 });
    // Of its own wallet's members, nobody else's.
    const member = newId('sub');
    expect(await set(subscriber, 'member', { ...units, member })).toMatchObject({ status: 200, body: { member } });
    expect(await set(developer, 'member', { ...ofApp, member })).toMatchObject({ status: 403 });
    const { status, body: refused } = await set(metering.operator, 'key', { ...units, key });
    expect({ status, errors: refused['errors'] }).toMatchObject({ status: 400, errors: [{ pointer: '/key' }] });
  });

  it.each([
    ['/measure', { measure: 'money' }],
    ['/meter', { measure: 'units' }],
    ['/meter', { meter: 'Input' }],
    ['', { threshold: undefined }],
    ['/window', { window: 'minute' }],
    ['/timeZone', { timeZone: 'Mars/Olympus' }],
    ['/colour', { colour: 'red' }],
    ['/threshold/budget', daily('0', 100)],
    ['/threshold/budget', daily('-5', 100)],
    ['/threshold/budget', daily('0.5', 100)],
    ['/threshold/budget', daily('1'.repeat(31), 100)],
    ['/threshold/percents', daily('5')],
    ['/threshold/percents', daily('5', 50, 50)],
    ['/threshold/percents', daily('5', ...Array.from({ length: 11 }, (_, nth) => nth + 1))],
    ['/threshold/percents/0', daily('5', 0)],
    ['/threshold/percents/1', daily('5', 1, 1001)],
    ['/threshold/percents/0', daily('5', 1.5)],
    ['/anomaly/floor', { anomaly: { percent: 300, windows: 7 } }],
    ['/anomaly/floor', { anomaly: { percent: 300, windows: 7, floor: '0.000' } }],
    ['/anomaly/percent', { anomaly: { percent: 100, windows: 7, floor: '1' } }],
    ['/anomaly/windows', { anomaly: { percent: 300, windows: 2, floor: '1' } }],
    ['/anomaly/windows', { anomaly: { percent: 300, windows: 61, floor: '1' } }],
    ['/anomaly/apart', { anomaly: { percent: 300, windows: 7, floor: '1', apart: 'hour' } }],
  ])('is refused with the place of the fault: %s of %j', async (pointer, over) => {
    const { status, body } = await set(market.subscriber, 'faulty', { ...daily('5', 100), ...over });
    const pointers = (body['errors'] as { pointer: string }[]).map((each) => each.pointer);
    expect({ status, pointers: [...new Set(pointers)] }).toEqual({ status: 400, pointers: [pointer] });
  });

  it.each(['Budget', '-a', 'a_b', 'a'.repeat(64), '%20'])('has no such name: %s', async (name) => {
    expect(await set(market.subscriber, name, daily('5', 100))).toMatchObject({ status: 400 });
  });
});

describe('a usage alert is raised', () => {
  it('at each percentage of its budget, once, and anew by other terms', async () => {
    const party = await metering.register('subscriber');
    await set(party, 'daily', daily('100', 50, 100));
    await use(party, 10, 14);
    await looked();
    expect(await raised(party)).toEqual([]);
    await use(party, 1);
    const ofDay = { name: 'daily', window: 'day', timeZone, measure: 'tokens' };
    const half = { ...ofDay, version: 1, value: '50', threshold: { budget: '100', percent: 50 } };
    await raisedBy(party, half);
    await use(party, 5);
    await use(party, 20);
    const whole = { ...ofDay, version: 1, value: '100', threshold: { budget: '100', percent: 100 } };
    await raisedBy(party, half, whole);
    await set(party, 'daily', daily('100', 50, 100));
    await use(party, 100);
    await looked();
    await raisedBy(party, half, whole);
    // What is reached already is raised by the setting itself.
    await set(party, 'daily', daily('200', 100));
    await raisedBy(party, half, whole, {
      ...ofDay,
      version: 2,
      value: '300',
      threshold: { budget: '200', percent: 100 },
    });
    const [first] = await raised(party);
    const day = (at: unknown) => calendarOf(timeZone).dayOf(new Date(at as string | number).getTime());
    expect([first!['from'], day(first!['to'])]).toEqual([
      iso(calendarOf(timeZone).startOfDay(day(now))),
      dayAfter(day(now)),
    ]);
  });

  it('once, though several processes look at the same time', async () => {
    const party = await metering.register('subscriber');
    await set(party, 'many', daily('10', 10, 20, 30, 40, 50, 100));
    await use(party, 5);
    await Promise.all(Array.from({ length: 8 }, looked));
    const percents = (await raised(party)).map((each) => (each['threshold'] as { percent: number }).percent);
    expect(percents.toSorted((one, other) => one - other)).toEqual([10, 20, 30, 40, 50, 100]);
  });

  it('by a sum that is unusual beside those of the windows before, with late uses', async () => {
    const party = await metering.register('subscriber');
    const anomaly = { percent: 300, windows: 3, floor: '10' };
    await set(party, 'spike', { measure: 'uses', window: 'hour', anomaly });
    await set(party, 'spike-units', { measure: 'units', meter: 'input_tokens', window: 'hour', anomaly });
    const before = [1, 2, 3].flatMap((hours) =>
      Array.from({ length: hours }, () =>
        market.direct(hours, { subject: party.partyId, time: iso(now - hours * hourMs) }),
      ),
    );
    await metering.reportAll(metering.operator, before);
    const events = (count: number) =>
      Array.from({ length: count }, () => market.direct(1, { subject: party.partyId, time: iso(now) }));
    await metering.reportAll(metering.operator, events(12));
    await looked();
    const spike = { name: 'spike', value: '12', anomaly: { ...anomaly, apart: 'hour', median: '2' } };
    await raisedBy(party, spike);
    await metering.reportAll(metering.operator, events(1));
    // Units: 1, 4 and 9 before.
    await raisedBy(party, spike, { name: 'spike-units', value: '13', anomaly: { ...spike.anomaly, median: '4' } });
  });

  it('in a window that is over for no more than seven days', async () => {
    const party = await metering.register('subscriber');
    const terms = { measure: 'uses' as const, party: party.partyId, window: 'hour' as const, timeZone: 'UTC' };
    const id = commandIdOf('spec', party.partyId);
    const command = { id, streamId: alertsStreamOf(party.partyId), data: {}, correlationId: id, actor: 'spec' };
    const alert = { partyId: party.partyId, name: 'late', version: 1, by: 'spec', since: '2026-01-01T00:00:00.000Z' };
    const event = UsageAlertSet({ ...alert, ...terms, threshold: { budget: '2', percents: [100] } });
    await metering.instance(UsageAlertStreams).handle(() => [event], command);
    const ago = (days: number) => Math.floor(Date.now() / hourMs) * hourMs - days * 24 * hourMs;
    for (const days of [2, 2, 6, 6, 8, 8]) {
      const late = market.direct(1, { subject: party.partyId, time: iso(ago(days)) });
      expect(await metering.report(metering.operator, late)).toMatchObject({ status: 202 });
    }
    await looked();
    const from = (await raised(party)).map((each) => each['from']);
    expect(from.toSorted()).toEqual([iso(ago(6)), iso(ago(2))].toSorted());
  });

  it('by the usage of an app by all its subscribers, and of any party for the operator', async () => {
    const [party, { developer }] = [await metering.register('subscriber'), market];
    await market.subscribe(party);
    const requests = {
      measure: 'units',
      meter: 'requests',
      window: 'day',
      threshold: { budget: '3', percents: [100] },
    };
    const ofAll = { ...requests, app: 'translate', threshold: { budget: '4', percents: [100] } };
    await set(developer, 'requests', ofAll);
    await set(metering.operator, 'watch', { ...requests, party: party.partyId });
    const data = { app: 'translate', units: { requests: 2 } };
    const time = iso(now);
    const events = [party, market.subscriber].map(({ partyId }) => market.usage(data, { subject: partyId, time }));
    expect(await metering.reportAll(developer, events)).toMatchObject({ body: { accepted: 2 } });
    await metering.until(async () => (await raised(developer, '&name=requests')).length === 1);
    expect(await raised(metering.operator, '&name=watch')).toEqual([]);
    await metering.reportAll(developer, [market.usage(data, { subject: party.partyId, time })]);
    await metering.until(async () => (await raised(metering.operator, '&name=watch')).length === 1);
  });

  it('not while its owner is suspended, nor once it is removed', async () => {
    const party = await metering.register('subscriber');
    await set(party, 'kept', daily('10', 100));
    await set(party, 'gone', daily('10', 100));
    await metering.call(party, 'DELETE', place('gone'));
    await metering.identity.say(party.partyId, PartySuspended({ partyId: party.partyId, reason: 'a spec' }));
    await metering.until(async () => (await metering.get(party, '/v1/charges')).status === 401);
    await use(party, 10);
    await looked();
    await metering.identity.say(party.partyId, PartyReinstated({ partyId: party.partyId }));
    await metering.until(async () => (await metering.get(party, '/v1/charges')).status === 200);
    expect(await raised(party)).toEqual([]);
    await use(party, 10);
    await raisedBy(party, { name: 'kept', value: '40' });
  });

  it('in a list with pages, filters by name and time, and refuses a foreign cursor', async () => {
    const party = await metering.register('subscriber');
    for (const name of ['one', 'two']) await set(party, name, daily('10', 50, 100));
    await use(party, 5);
    await metering.until(async () => (await raised(party)).length === 4);
    const first = await metering.get(party, '/v1/raised-usage-alerts?limit=3');
    const next = await metering.get(
      party,
      `/v1/raised-usage-alerts?limit=3&cursor=${String(first.body['nextCursor'])}`,
    );
    expect([...first.body.data!, ...next.body.data!]).toEqual(await raised(party));
    expect(await raised(party, '&name=two')).toHaveLength(2);
    const times = (await raised(party)).map((each) => String(each['raisedAt']));
    expect(await raised(party, `&from=${times[0]}`)).toHaveLength(4);
    expect(await raised(party, `&to=${times[0]}`)).toHaveLength(0);
    expect(await metering.get(party, '/v1/raised-usage-alerts?cursor=WzFd')).toMatchObject({ status: 400 });
  });
});
