import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Market, openMarket } from '../testing/market.ts';
import type { Caller, RunningMetering } from '../testing/run-metering.ts';

let market: Market;
let metering: RunningMetering;
beforeAll(async () => {
  // Its 6 September 2026 begins at one o'clock, and has 23 hours.
  market = await openMarket('America/Santiago');
  ({ metering } = market);
}, 180_000);
afterAll(() => metering.close(), 60_000);

const used = async (party: Caller, uses: Readonly<Record<string, number>>) => {
  const events = Object.entries(uses).map(([time, units]) => market.direct(units, { subject: party.partyId, time }));
  expect(await metering.reportAll(metering.operator, events)).toMatchObject({ body: { accepted: events.length } });
};

describe('days of the operator', () => {
  const lastOfSaturday = '2026-09-06T03:59:59.999Z';
  const firstOfSunday = '2026-09-06T04:00:00.000Z';
  const lastOfSunday = '2026-09-07T02:59:59.999Z';
  const firstOfMonday = '2026-09-07T03:00:00.000Z';
  const overTheChange = { [lastOfSaturday]: 1, [firstOfSunday]: 2, [lastOfSunday]: 4, [firstOfMonday]: 8 };
  const sunday = { from: firstOfSunday, to: firstOfMonday, units: 6 };
  let party: Caller;
  beforeAll(async () => {
    party = await metering.register('subscriber');
    await used(party, overTheChange);
  });
  const data = async (path: string) => (await metering.get(party, path)).body.data;

  it('are what use is added up by, however long they are', async () =>
    expect(await data('/v1/usage')).toMatchObject([
      { from: '2026-09-05T04:00:00.000Z', to: firstOfSunday, units: 1 },
      sunday,
      { from: firstOfMonday, to: '2026-09-08T03:00:00.000Z', units: 8 },
    ]));

  it('are gone through page by page', async () => {
    const seen: unknown[] = [];
    for (let cursor: unknown = ''; cursor !== null;) {
      const path = `/v1/usage?window=day&limit=1${cursor ? `&cursor=${cursor as string}` : ''}`;
      const { body } = await metering.get(party, path);
      seen.push(...body.data!.map(({ units }) => units));
      cursor = body['nextCursor'];
    }
    expect(seen).toEqual([1, 6, 8]);
  });

  it('bound what is asked for', async () => {
    expect(await data('/v1/usage?from=2026-09-06&to=2026-09-07')).toMatchObject([sunday]);
    const charges = await data('/v1/charges?from=2026-09-06&to=2026-09-07');
    expect(charges!.map(({ time }) => time)).toEqual([firstOfSunday, lastOfSunday]);
  });

  it('are found over years in which nothing was used', async () => {
    const seldom = await metering.register('subscriber');
    await used(seldom, { '2026-02-28T12:00:00.000Z': 1, '2026-11-01T12:00:00.000Z': 2 });
    const { body } = await metering.get(seldom, '/v1/usage?timeZone=Asia/Shanghai');
    expect(body.data).toMatchObject([
      { from: '2026-02-27T16:00:00.000Z', to: '2026-02-28T16:00:00.000Z', units: 1 },
      { from: '2026-10-31T16:00:00.000Z', to: '2026-11-01T16:00:00.000Z', units: 2 },
    ]);
  });
});
