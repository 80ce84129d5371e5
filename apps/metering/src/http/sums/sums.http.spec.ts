import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiKeyIssued, MemberRemoved, MemberSet, ModelOffered, walletIdOf } from '@tokengrid/contracts';
import { calendarOf, newId, poolOf } from '@tokengrid/service';
import { parse } from 'csv-parse/sync';
import { DataSource } from 'typeorm';
import { type Market, openMarket } from '../../testing/market.ts';
import { AlertSums } from '../../usage-alerts/alert-sums.ts';
import { windowAt } from '../../usage-alerts/compared-windows.ts';
import type { Caller, RunningMetering } from '../../testing/run-metering.ts';

const minuteMs = 60_000;
const start = Date.parse('2026-10-24T21:00:00Z');
const keys = [newId('key'), newId('key')];
const models = ['qwen', 'llama'];
const prices = { input_tokens: 2, output_tokens: 7 };
type Meter = keyof typeof prices;

/** Offers of `llama`, by region. */
const llamas: Readonly<Record<string, string>> = { here: newId('mod'), there: newId('mod') };

/** A use as it was reported, and as its last correction left it. */
interface Reported {
  readonly id: string;
  readonly time: number;
  readonly model: string;
  readonly region: string;
  readonly key: string | undefined;
  /** True if it was reported while the party was a member of the owner's wallet. */
  readonly isMember: boolean;
  readonly units: Readonly<Partial<Record<Meter, number>>>;
}

let market: Market;
let metering: RunningMetering;
let party: Caller;
/** Owner of a wallet, of which the party is a member for a while. */
let owner: Caller;
let reported: readonly Reported[] = [];

/** Numbers that look random, the same in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => (state = (state * 48_271) % 2_147_483_647) % below;
}
const random = numbers(4711);

beforeAll(async () => {
  market = await openMarket();
  ({ metering } = market);
  party = await metering.register('subscriber');
  owner = await metering.register('developer');
  const perMeter = Object.entries(prices).map(([meter, price]) => ({ meter, unitPrice: String(price) }));
  const terms = { prices: perMeter, operatorBps: 0, priceVersion: 1, effectiveFrom: '2026-01-01T00:00:00.000Z' };
  for (const [region, modelId] of Object.entries(llamas)) {
    const llama = { modelId, name: 'llama', providerId: market.provider.partyId, endpoint: 'https://llama.example' };
    await metering.appRegistry.say(modelId, ModelOffered({ ...llama, region, ...terms }));
  }
  const key = { partyId: party.partyId, partyKind: 'subscriber' as const, name: 'more', scopes: [], expiresAt: null };
  for (const keyId of keys) {
    const secretHash = createHash('sha256').update(keyId).digest('hex');
    await metering.identity.say(party.partyId, ApiKeyIssued({ ...key, keyId, secretHash }));
  }
  // More than a stride, over two days in which clocks change, and then a few late ones.
  await reportUses(1500, 2, false);
  await beMember(true);
  await reportUses(1300, 2, true);
  await beMember(false);
  await reportUses(30, 1, false);
  await correctSome(60);
}, 240_000);
afterAll(() => metering.close(), 60_000);

async function reportUses(count: number, days: number, isMember: boolean): Promise<void> {
  const uses = Array.from({ length: count }, (_, n): Reported => {
    const model = models[random(2)]!;
    const region = model === 'llama' && random(2) === 0 ? 'there' : 'here';
    const units = {
      input_tokens: random(50),
      ...(model === 'llama' && random(3) > 0 && { output_tokens: random(9) }),
    };
    const at = { id: `${reported.length + n}`, time: start + random(days * 1440 * minuteMs) };
    return { ...at, model, region, key: [undefined, ...keys][random(3)], isMember, units };
  });
  const events = uses.map(({ id, time, model, region, key: used, units }) =>
    market.usage(
      { model, units, ...(model === 'llama' && { offer: llamas[region] }), ...(used !== undefined && { key: used }) },
      { id, source: '/sums', subject: party.partyId, time: new Date(time).toISOString() },
    ),
  );
  expect(await metering.reportAll(metering.operator, events)).toMatchObject({
    body: { accepted: count, rejected: [] },
  });
  reported = [...reported, ...uses];
  // What is parked belongs to the wallet that its payer shares when it is rated.
  await metering.until(async () => {
    const { body } = await metering.get(party, '/v1/parked?limit=1');
    return body.data!.length === 0;
  });
}

/** Makes the party a member of the owner's wallet, or ends that, and waits until it is known. */
async function beMember(isOne: boolean): Promise<void> {
  const membership = { walletId: walletIdOf(owner.partyId), memberId: party.partyId };
  await metering.wallet.say(membership.walletId, isOne ? MemberSet(membership) : MemberRemoved(membership));
  const pool = poolOf(metering.instance(DataSource));
  await metering.until(async () => {
    const { rows } = await pool.query('select from wallet_members where member_id = $1', [party.partyId]);
    return (rows.length === 1) === isOne;
  });
}

/** Replaces or voids some of the uses, of all that were reported. */
async function correctSome(count: number): Promise<void> {
  const byId = new Map(reported.map((use) => [use.id, use]));
  for (let n = 0; n < count; n++) {
    const use = [...byId.values()][random(byId.size)]!;
    const units = random(3) === 0 ? undefined : mapped(use.units);
    const { status } = await metering.call(metering.operator, 'POST', '/v1/corrections', {
      ...{ source: '/sums', id: use.id, reason: 'a fault', ...(units && { units }) },
    });
    expect(status).toBe(200);
    if (units) byId.set(use.id, { ...use, units });
    else byId.delete(use.id);
  }
  reported = [...byId.values()];
}

/** Other counts of the same meters. */
const mapped = (units: Reported['units']): Reported['units'] =>
  Object.fromEntries(Object.keys(units).map((meter) => [meter, random(70)]));

/** Sums by the given names, from the list of what was reported. */
function modelOf(
  by: readonly string[],
  { from, to }: { readonly from: number; readonly to: number },
  startOf: (time: number) => number,
  which: (use: Reported) => boolean = () => true,
) {
  const sums = new Map<string, { row: Record<string, unknown>; units: number; uses: number; tokens: number }>();
  for (const { time, model, region, key, isMember, units } of reported.filter(which)) {
    if (time < from || time >= to) continue;
    const counts = by.includes('meter') ? Object.entries(units) : [['', 0] as const];
    for (const [meter, count] of counts) {
      const tokens = (of: string, n: number) =>
        model === 'qwen' && of !== 'input_tokens' ? 0 : prices[of as Meter] * n;
      const cost =
        meter === '' ? Object.entries(units).reduce((sum, [of, n]) => sum + tokens(of, n), 0) : tokens(meter, count);
      const offer = model === 'llama' ? llamas[region]! : market.modelIds.get(model)!;
      const member = isMember ? party.partyId : '';
      const values: Record<string, string> = {
        ...{ party: party.partyId, model, offer, region, key: key ?? '', member, meter },
      };
      const row = Object.fromEntries(by.map((name) => [name, values[name]]).filter(([, value]) => value !== ''));
      const window = Math.max(from, startOf(time));
      const id = JSON.stringify([window, by.map((name) => values[name])]);
      const sum = sums.get(id) ?? {
        row: { from: new Date(window).toISOString(), ...row },
        units: 0,
        uses: 0,
        tokens: 0,
      };
      sums.set(id, { ...sum, units: sum.units + count, uses: sum.uses + 1, tokens: sum.tokens + cost });
    }
  }
  return [...sums.values()];
}

/** All pages of a list. */
async function all(who: Caller, path: string): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for (let cursor: unknown = ''; cursor !== null;) {
    const { status, body } = await metering.get(who, `${path}${cursor === '' ? '' : `&cursor=${cursor as string}`}`);
    expect(status).toBe(200);
    rows.push(...body.data!);
    cursor = body['nextCursor'];
  }
  return rows;
}

const monthOf = '2026-10-01T00:00:00.000Z';
const monthStart = () => Date.parse(monthOf);
const sorted = (rows: readonly object[]) => rows.map((row) => JSON.stringify(Object.entries(row).sort())).sort();
const hourMs = 60 * minuteMs;
const bothDays = { from: start, to: start + 48 * hourMs };
/** Hours of Kathmandu begin at a quarter of those of UTC. */
const quarters = (time: number) => time - ((time - 15 * minuteMs) % hourMs);
/** Days of Kathmandu begin at 18:15 in UTC. */
const kathmandu = (time: number) => time - ((time - Date.parse('2026-10-24T18:15Z')) % (24 * hourMs));
/** In Berlin the 25th of October 2026 has 25 hours. */
const berlin = (time: number) =>
  ['2026-10-24T22:00Z', '2026-10-25T23:00Z', '2026-10-26T23:00Z'].map(Date.parse).findLast((day) => day <= time) ??
  Date.parse('2026-10-23T22:00Z');
/** Not at a quarter of an hour, to the millisecond. */
const odd = { from: start + 3_333_333, to: start + 100_000_001 };
const minutes = { from: start + 7 * hourMs + 1, to: start + 9 * hourMs - 1 };

describe('sums', () => {
  it.each([
    ['hour', 'UTC', ['model', 'meter'], bothDays, (time: number) => time - (time % hourMs)],
    ['hour', 'Asia/Kathmandu', ['party', 'model', 'meter'], odd, quarters],
    ['day', 'Europe/Berlin', ['party', 'model', 'meter'], bothDays, berlin],
    ['day', 'Europe/Berlin', ['key', 'meter'], odd, berlin],
    ['day', 'Europe/Berlin', ['offer', 'key'], odd, berlin],
    ['day', 'Asia/Kathmandu', ['model', 'region', 'meter'], odd, kathmandu],
    ['hour', 'UTC', ['offer', 'region', 'member'], bothDays, (time: number) => time - (time % hourMs)],
    ['day', 'Europe/Berlin', ['party', 'key', 'member', 'meter'], odd, berlin],
    ['minute', 'UTC', ['region', 'member'], minutes, (time: number) => time - (time % minuteMs)],
    ['month', 'UTC', [], bothDays, () => Date.parse('2026-10-01T00:00Z')],
    ['minute', 'UTC', ['model', 'meter'], minutes, (time: number) => time - (time % minuteMs)],
  ] as const)(
    'by the %s in %s, by %j, are what was reported, page by page',
    async (window, timeZone, by, time, startOf) => {
      const { from, to } = { from: new Date(time.from).toISOString(), to: new Date(time.to).toISOString() };
      const expected = modelOf(by, time, startOf);
      expect(expected.length).toBeGreaterThan(0);
      const query = `window=${window}&timeZone=${timeZone}&groupBy=${by.join()}&from=${from}&to=${to}&party=${party.partyId}&limit=37`;
      const isByMeter = (by as readonly string[]).includes('meter');
      const usage = await all(metering.operator, `/v1/usage?${query}`);
      const usageOf = expected.map(({ row, units, uses }) => ({ ...row, ...(isByMeter && { units }), uses }));
      expect(sorted(usage.map(({ to: _, ...row }) => row))).toEqual(sorted(usageOf));
      const costs = await all(metering.operator, `/v1/charges/sums?${query}`);
      const costsOf = expected.map(({ row, uses, tokens }) => ({ ...row, uses, tokens: String(tokens) }));
      expect(sorted(costs.map(({ to: _, ...row }) => row))).toEqual(sorted(costsOf));
    },
  );

  it('are read from strides of charges, and from the few charges after them', async () => {
    const { rows } = await poolOf(metering.instance(DataSource)).query<{ folded: string; young: string }>(
      `select (select sum(uses)::text from usage_sums join usage_series using (lane, series_id)
         where party_id = $1 and cube = 1 and span = 480 and meter = '') as folded,
       (select count(*)::text from charges join usage_folds using (lane)
         where party_id = $1 and charges.sequence > folded_to) as young`,
      [party.partyId],
    );
    const { folded, young } = rows[0]!;
    // A whole stride, less what other payers of the lane used in it.
    expect(Number(folded)).toBeGreaterThan(1900);
    expect(Number(young)).toBeGreaterThan(0);
  });

  it('are of one model, meter or key if they are asked for', async () => {
    const [row] = await all(party, `/v1/usage?window=month&groupBy=&model=llama&meter=output_tokens&key=${keys[0]}`);
    const of = reported.flatMap(({ model, key, units }) =>
      model === 'llama' && key === keys[0] ? (units.output_tokens ?? []) : [],
    );
    expect(row).toMatchObject({ units: of.reduce((sum, n) => sum + n, 0), uses: of.length });
  });

  it.each([
    ['region=there', ({ region }: Reported) => region === 'there'],
    ['region=nowhere', () => false],
    ['offer=' + llamas['here'], ({ model, region }: Reported) => model === 'llama' && region === 'here'],
    ['region=here&model=llama', ({ model, region }: Reported) => model === 'llama' && region === 'here'],
  ])('are of what is asked for: %s', async (filter, which) => {
    const expected = modelOf(['meter'], bothDays, monthStart, which);
    const usage = await all(party, `/v1/usage?window=month&groupBy=meter&${filter}`);
    const usageOf = expected.map(({ row, units, uses }) => ({ ...row, from: monthOf, units, uses }));
    expect(sorted(usage.map(({ to: _, ...row }) => row))).toEqual(sorted(usageOf));
    const charges = await all(party, `/v1/charges?${filter}&limit=1000`);
    expect(charges.filter(({ status }) => status !== 'voided')).toHaveLength(reported.filter(which).length);
  });

  it("tell the owner of a wallet what its members used, and others' nothing", async () => {
    const expected = modelOf(['model', 'meter'], bothDays, monthStart, ({ isMember }) => isMember);
    const sumsOf = expected.map(({ row, units, uses }) => ({
      ...row,
      from: monthOf,
      member: party.partyId,
      units,
      uses,
    }));
    const byMember = await all(owner, '/v1/usage?window=month&groupBy=model,member,meter');
    expect(sorted(byMember.map(({ to: _, ...row }) => row))).toEqual(sorted(sumsOf));
    const ofMember = await all(owner, `/v1/usage?window=month&groupBy=&member=${party.partyId}`);
    const ids = reported.filter(({ isMember }) => isMember);
    expect(ofMember).toEqual([expect.objectContaining({ uses: ids.length })]);
    const charges = await all(owner, `/v1/charges?member=${party.partyId}&limit=1000`);
    expect(charges.filter(({ status }) => status !== 'voided')).toHaveLength(ids.length);
    expect(await all(owner, '/v1/usage')).toEqual([]);
    for (const path of ['/v1/usage?groupBy=member,key', `/v1/charges?member=${party.partyId}&key=${keys[0]}`]) {
      expect(await metering.get(owner, path)).toMatchObject({ status: 403 });
    }
    const ofApp = `/v1/usage?app=translate&party=${market.subscriber.partyId}&groupBy=member`;
    expect(await metering.get(market.developer, ofApp)).toMatchObject({ status: 403 });
    expect(await all(party, `/v1/charges?member=${owner.partyId}`)).toEqual([]);
  });

  it.each([
    ['hour', 'UTC', {}],
    ['hour', 'Asia/Kathmandu', { model: 'llama', meter: 'output_tokens' }],
    ['day', 'Europe/Berlin', { key: keys[0]! }],
    ['month', 'Asia/Kolkata', { model: 'qwen' }],
  ] as const)('are the same for alerts, by the %s in %s, of %j', async (window, timeZone, of) => {
    const calendar = calendarOf(timeZone);
    const windows = [start, start + 13 * hourMs, start + 30 * hourMs].map((time) => windowAt(window, calendar, time));
    const path = `window=${window}&timeZone=${timeZone}&groupBy=&${new URLSearchParams(of).toString()}`;
    const [usage, costs] = [await all(party, `/v1/usage?${path}`), await all(party, `/v1/charges/sums?${path}`)];
    const alertSums = metering.instance(AlertSums);
    for (const payers of [{ party: party.partyId }, ...('key' in of ? [] : [{}])]) {
      const measures = (['tokens', 'uses', ...('meter' in of ? (['units'] as const) : [])] as const).map((measure) => ({
        measure,
        ...of,
        ...payers,
      }));
      const sums = await alertSums.of(measures.map((counted) => ({ counted, windows })));
      measures.forEach(({ measure }, nth) => {
        const rows = measure === 'tokens' ? costs : usage;
        const told = windows.map(
          (each) => rows.find(({ from }) => from === new Date(each.start).toISOString())?.[measure],
        );
        expect(sums[nth]).toEqual(told.map((value) => String(value ?? 0)));
      });
    }
  });

  it('are the same for alerts, of what a member of a wallet used', async () => {
    const windows = [windowAt('month', calendarOf('UTC'), start)];
    const counted = { measure: 'uses' as const, party: owner.partyId, member: party.partyId };
    const [[uses] = []] = await metering.instance(AlertSums).of([{ counted, windows }]);
    expect(uses).toBe(String(reported.filter(({ isMember }) => isMember).length));
  });

  it('leave out windows without use, and are empty where nothing was used', async () => {
    expect(await all(party, '/v1/usage?from=2026-10-30&to=2026-11-02')).toEqual([]);
    expect(await all(party, '/v1/usage?from=2026-10-25&to=2026-10-25')).toEqual([]);
    expect(await all(party, '/v1/charges/sums?from=2031-01-01')).toEqual([]);
  });

  it('have the differences of corrections, and no use that was voided', async () => {
    const other = await metering.register('subscriber');
    const events = [10, 20, 40].map((n) => market.direct(n, { subject: other.partyId }));
    expect(await metering.reportAll(metering.operator, events)).toMatchObject({ body: { accepted: 3 } });
    const correct = ({ source, id }: (typeof events)[number], more: object) =>
      metering.call(metering.operator, 'POST', '/v1/corrections', { source, id, reason: 'a fault', ...more });
    expect(await correct(events[0]!, { units: { input_tokens: 7 } })).toMatchObject({ status: 200 });
    expect(await correct(events[1]!, {})).toMatchObject({ status: 200 });
    expect(await all(other, '/v1/usage')).toEqual([expect.objectContaining({ units: 47, uses: 2 })]);
    expect(await all(other, '/v1/charges/sums')).toEqual([expect.objectContaining({ tokens: '94', uses: 2 })]);
    expect(await correct(events[0]!, {})).toMatchObject({ status: 200 });
    expect(await correct(events[2]!, {})).toMatchObject({ status: 200 });
    expect(await all(other, '/v1/usage')).toEqual([]);
  });

  it('come whole as CSV, from which the same numbers are read', async () => {
    const path = '/v1/charges/sums?groupBy=model,key,meter&window=hour';
    const response = await fetch(`${metering.url}${path}&limit=1`, {
      headers: { authorization: `Bearer ${party.secret}`, accept: 'text/csv' },
    });
    expect(response.headers.get('content-type')).toMatch(/^text\/csv/);
    const rows = parse<Record<string, string>>(await response.text(), { columns: true });
    const expected = await all(party, `${path}&limit=1000`);
    expect(rows).toEqual(expected.map((row) => ({ key: '', ...row, uses: String(row['uses']) })));
    expect(Object.keys(rows[0]!)).toEqual(['from', 'to', 'model', 'key', 'meter', 'uses', 'tokens']);
  });

  it('show keys to their own party only', async () => {
    const path = `/v1/usage?app=translate&party=${market.subscriber.partyId}&groupBy=key`;
    expect(await metering.get(market.developer, path)).toMatchObject({ status: 403 });
    expect(await metering.get(market.subscriber, path)).toMatchObject({ status: 200 });
  });

  it.each([
    ['/v1/usage?timeZone=Mars/Olympus', '/timeZone'],
    ['/v1/usage?timeZone=%2B05:45', '/timeZone'],
    ['/v1/usage?groupBy=model,colour', '/groupBy'],
    ['/v1/charges/sums?from=2026-10-26&to=2026-10-25', '/to'],
    ['/v1/charges?from=2026-10-26&to=2026-10-25', '/to'],
    ['/v1/usage?groupBy=model&groupBy=app', '/groupBy'],
    ['/v1/usage?group=model', '/group'],
    ['/v1/usage?region=', '/region'],
    ['/v1/charges/sums?member=key_1', '/member'],
    ['/v1/usage?cursor=WzFd', '/cursor'],
  ])('are refused where the query is wrong: %s', async (path, pointer) => {
    const { status, body } = await metering.get(party, path);
    expect({ status, errors: body['errors'] }).toEqual({ status: 400, errors: [expect.objectContaining({ pointer })] });
  });
});

describe('charges', () => {
  it('come whole as CSV, those of one key if it is asked for', async () => {
    const response = await fetch(`${metering.url}/v1/charges?format=csv&key=${keys[1]}`, {
      headers: { authorization: `Bearer ${party.secret}` },
    });
    const rows = parse<Record<string, string>>(await response.text(), { columns: true });
    const charged = rows.filter(({ status }) => status !== 'voided');
    expect(charged).toHaveLength(reported.filter(({ key }) => key === keys[1]).length);
    expect(rows[0]).toMatchObject({ source: '/sums', party: party.partyId });
    expect(JSON.parse(rows[0]!['units']!)).toMatchObject({ input_tokens: expect.any(Number) });
  });
});
