import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TokenPriceSet } from '@tokengrid/contracts';
import { newId } from '@tokengrid/service';
import { parse } from 'csv-parse/sync';
import { type Market, openMarket } from '../../testing/market.ts';
import type { Caller, RunningMetering } from '../../testing/run-metering.ts';

let market: Market;
let metering: RunningMetering;
let party: Caller;
const key = newId('key');

/** Rows of an export. */
async function exported(who: Caller, query = ''): Promise<Record<string, string>[]> {
  const response = await fetch(`${metering.url}/v1/charges/focus?${query}`, {
    headers: { authorization: `Bearer ${who.secret}` },
  });
  expect(response.headers.get('content-type')).toMatch(/^text\/csv/);
  return parse(await response.text(), { columns: true });
}

beforeAll(async () => {
  market = await openMarket();
  ({ metering } = market);
  party = await metering.register('subscriber');
  const price = { priceVersion: 1, currency: 'CNY', buy: 200n, sellBack: 100n };
  await metering.wallet.say('token-price', TokenPriceSet({ ...price, effectiveFrom: '2026-01-01T00:00:00.000Z' }));
  const used = [1, 20, 300].map((n) => market.direct(n, { subject: party.partyId }));
  expect(await metering.reportAll(metering.operator, used)).toMatchObject({ body: { accepted: 3 } });
  const { source, id } = used[1]!;
  const correction = { source, id, reason: 'a fault', units: { input_tokens: 15 } };
  expect(await metering.call(metering.operator, 'POST', '/v1/corrections', correction)).toMatchObject({ status: 200 });
  await metering.until(async () => (await exported(party))[0]?.['BillingCurrency'] === 'CNY');
}, 300_000);
afterAll(() => metering.close(), 60_000);

describe('the export of charges in FOCUS 1.2', () => {
  it('has all charges of a party, with corrections as rows, and comes to their tokens', async () => {
    const rows = await exported(party);
    expect(rows.map((row) => [row['ConsumedQuantity'], row['ChargeClass'], row['x_Tokens']]).sort()).toEqual([
      ['-5.0', 'Correction', '-10'],
      ['1.0', '', '2'],
      ['20.0', '', '40'],
      ['300.0', '', '600'],
    ]);
    expect(rows.find((row) => row['x_Tokens'] === '600')).toMatchObject({
      ...{ EffectiveCost: '0.0012', ListUnitPrice: '0.000004', RegionId: 'here', BillingAccountId: party.partyId },
      ...{
        PublisherName: market.provider.partyId,
        SkuId: 'model:qwen:input_tokens',
        SkuPriceId: 'model:qwen@1:input_tokens',
      },
    });
  });

  it('goes on after a thousand charges where it was, each once', async () => {
    const payer = await metering.register('subscriber');
    const uses = Array.from({ length: 2100 }, (_, n) => market.direct(n + 1, { subject: payer.partyId }));
    expect(await metering.reportAll(metering.operator, uses)).toMatchObject({ body: { accepted: 2100 } });
    const rows = await exported(payer);
    expect(new Set(rows.map((row) => row['x_UsageId'])).size).toBe(2100);
    expect(rows.reduce((sum, row) => sum + Number(row['x_Tokens']), 0)).toBe(2100 * 2101);
  });

  it('ends before `to`, and has only what is asked for', async () => {
    expect(await exported(party, 'to=2026-01-01')).toEqual([]);
    expect(await exported(party, 'app=translate')).toEqual([]);
    expect(await exported(metering.operator, `party=${party.partyId}&model=qwen`)).toHaveLength(4);
  });

  it("is a developer's of its own app, without keys, and of no other party", async () => {
    const { body } = await metering.get(market.developer, `/v1/charges?app=translate`);
    expect(await exported(market.developer, 'app=translate')).toHaveLength(body.data!.length);
    const other = await metering.get(market.developer, `/v1/charges/focus?party=${party.partyId}`);
    expect(other).toMatchObject({ status: 404 });
    const ofKey = await metering.get(market.developer, `/v1/charges/focus?app=translate&key=${key}`);
    expect(ofKey).toMatchObject({ status: 403 });
  });

  it('is CSV alone', async () =>
    expect(
      await fetch(`${metering.url}/v1/charges/focus`, {
        headers: { authorization: `Bearer ${party.secret}`, accept: 'application/json' },
      }),
    ).toMatchObject({ status: 406 }));
});
