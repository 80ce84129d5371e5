import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type EventOf, walletIdOf, WalletCharged } from '@tokengrid/contracts';
import { DataSource } from 'typeorm';
import { chargeIdOf } from '../../decisions/rules/charge-id.ts';
import { type Market, openMarket } from '../../testing/market.ts';
import type { Caller, RunningMetering } from '../../testing/run-metering.ts';
import { usageIdOf } from '../../usage-events/reported-use.ts';

let market: Market;
let metering: RunningMetering;
let payer: Caller;
let developer: Caller;
beforeAll(async () => {
  market = await openMarket();
  ({ metering, developer } = market);
  payer = await metering.register('subscriber');
  await market.subscribe(payer);
}, 180_000);
afterAll(() => metering.close(), 60_000);

type Event = ReturnType<Market['usage']>;
type Charged = EventOf<typeof WalletCharged>['data'];

const idOf = ({ id, source }: Event, who: Caller) => usageIdOf(who.partyId, source, id);

const rowsOf = (usageIds: readonly string[]) =>
  metering
    .instance(DataSource)
    .query<Row[]>(
      'select usage_id, lane, sequence, source, event_id, app, model, units, tokens, used_at from charges where usage_id = any($1)',
      [usageIds],
    );

/** Says that the wallet refused uses, each with its reason. */
async function refuse(refusals: readonly (readonly [usageId: string, code: Code])[]): Promise<void> {
  const rows = await rowsOf(refusals.map(([usageId]) => usageId));
  for (const [usageId, code] of refusals) {
    const row = rows.find((each) => each.usage_id === usageId)!;
    const walletId = walletIdOf(payer.partyId);
    const charged = WalletCharged({
      ...{ walletId, partyId: payer.partyId, day: '2026-06-01', timeZone: 'UTC', tokens: 0n },
      ratedBy: `metering/${row.lane}/${row.sequence}`,
      uses: [],
      refused: [{ ...useOf(row), chargeId: chargeIdOf(usageId), tokens: BigInt(row.tokens), code }],
      ...{ refunded: [], givenBack: 0n, lotTerms: [], postings: [] },
    });
    await metering.wallet.say(walletId, charged);
  }
}
interface Row {
  readonly usage_id: string;
  readonly lane: number;
  readonly sequence: string;
  readonly source: string;
  readonly event_id: string;
  readonly app: string | null;
  readonly model: string | null;
  readonly units: Record<string, string>;
  readonly tokens: string;
  readonly used_at: string;
}

const useOf = ({ usage_id: usageId, source, event_id: eventId, app, model, units, used_at }: Row) => ({
  ...{ usageId, source, eventId, time: new Date(Number(used_at)).toISOString() },
  ...{ ...(app && { app }), ...(model && { model }), units, priceVersion: 'spec@1', lines: [], operatorBps: 1000 },
  shares: [{ role: 'operator' as const, partyId: 'operator', tokens: 2n }],
});

type Code = 'WALLET.INSUFFICIENT_TOKENS' | 'WALLET.FROZEN';

const listed = async (who: Caller, query: string) => (await metering.get(who, query)).body.data ?? [];
const idsOf = async (who: Caller, query: string) => (await listed(who, query)).map(({ eventId }) => eventId);

describe('uncollected usage', () => {
  let direct: Event;
  let ofApp: Event;
  beforeAll(async () => {
    const over = { subject: payer.partyId };
    direct = market.direct(1, over);
    ofApp = market.usage({ app: 'translate', units: { requests: 1 } }, over);
    await metering.report(metering.operator, direct);
    await metering.report(developer, ofApp);
    await refuse([
      [idOf(direct, metering.operator), 'WALLET.INSUFFICIENT_TOKENS'],
      [idOf(ofApp, developer), 'WALLET.FROZEN'],
    ]);
    await metering.until(async () => (await listed(payer, '/v1/uncollected')).length === 2);
  }, 60_000);

  it('is listed with the reason, by the time of the refusal', async () => {
    const [first, second] = await listed(payer, '/v1/uncollected');
    expect(first).toEqual({
      ...{ chargeId: chargeIdOf(idOf(direct, metering.operator)), usageId: idOf(direct, metering.operator) },
      ...{ source: '/specs', eventId: direct.id, party: payer.partyId, model: 'qwen', units: { input_tokens: 1 } },
      ...{ tokens: '2', reason: 'WALLET.INSUFFICIENT_TOKENS' },
      ...{ time: direct.time, refusedAt: expect.any(String) },
    });
    expect(second).toMatchObject({ eventId: ofApp.id, app: 'translate', tokens: '1000', reason: 'WALLET.FROZEN' });
  });

  it('is filtered by party, app, model and reason, and paged', async () => {
    const of = `/v1/uncollected?party=${payer.partyId}`;
    expect(await idsOf(metering.operator, of)).toEqual([direct.id, ofApp.id]);
    expect(await idsOf(metering.operator, `${of}&model=qwen`)).toEqual([direct.id]);
    expect(await idsOf(metering.operator, `${of}&app=translate`)).toEqual([ofApp.id]);
    expect(await idsOf(metering.operator, `${of}&reason=WALLET.FROZEN`)).toEqual([ofApp.id]);
    const { body } = await metering.get(metering.operator, `${of}&limit=1`);
    expect(await idsOf(metering.operator, `${of}&cursor=${String(body['nextCursor'])}`)).toEqual([ofApp.id]);
  });

  it('is lowered by what another use of its month gives back, which may end it', async () => {
    const over = { subject: payer.partyId };
    const [waits, cheaper] = [market.direct(50, over), market.direct(1, over)];
    await metering.reportAll(metering.operator, [waits, cheaper]);
    const usageId = idOf(waits, metering.operator);
    await refuse([[usageId, 'WALLET.INSUFFICIENT_TOKENS']]);
    const tokensOf = async () =>
      (await listed(payer, '/v1/uncollected')).find(({ eventId }) => eventId === waits.id)?.['tokens'];
    await metering.until(async () => (await tokensOf()) === '100');
    const [row] = await rowsOf([usageId]);
    const walletId = walletIdOf(payer.partyId);
    const setOffBy = idOf(cheaper, metering.operator);
    const stated = { ...useOf(row!), chargeId: chargeIdOf(usageId), setOffBy };
    const say = (answer: Pick<Charged, 'refused' | 'refunded'>) =>
      metering.wallet.say(
        walletId,
        WalletCharged({
          ...{ walletId, partyId: payer.partyId, day: '2026-06-01', timeZone: 'UTC', tokens: 0n, uses: [] },
          ...{ givenBack: 0n, lotTerms: [], postings: [], ...answer },
        }),
      );
    await say({ refused: [{ ...stated, tokens: 30n, code: 'WALLET.INSUFFICIENT_TOKENS' }], refunded: [] });
    await metering.until(async () => (await tokensOf()) === '30');
    await say({ refused: [], refunded: [{ ...stated, tokens: 0n, returned: [] }] });
    await metering.until(async () => (await tokensOf()) === undefined);
    expect(await metering.chargeOf(payer, waits.id)).toMatchObject({ status: 'billed' });
  });

  it("is a payer's own, and a developer's for its own app", async () => {
    expect(await idsOf(developer, '/v1/uncollected')).toEqual([]);
    expect(await idsOf(developer, '/v1/uncollected?app=translate')).toEqual([ofApp.id]);
    expect(await idsOf(market.subscriber, '/v1/uncollected')).toEqual([]);
    await metering.until(
      async () => (await metering.get(market.subscriber, `/v1/uncollected?party=${payer.partyId}`)).status === 404,
    );
  });
});

describe('parked usage', () => {
  it('is filtered by party, app and model', async () => {
    const over = { subject: payer.partyId };
    const ofModel = market.usage({ model: 'not-yet', units: { input_tokens: 1 } }, over);
    const ofApp = market.usage({ app: 'no-app-yet', units: { requests: 1 } }, over);
    const others = market.usage({ model: 'not-yet', units: { input_tokens: 1 } });
    await metering.reportAll(metering.operator, [ofModel, ofApp, others]);
    const of = `/v1/parked?party=${payer.partyId}`;
    expect((await idsOf(metering.operator, of)).sort()).toEqual([ofModel.id, ofApp.id].sort());
    expect(await idsOf(metering.operator, `${of}&model=not-yet`)).toEqual([ofModel.id]);
    expect(await idsOf(metering.operator, `${of}&app=no-app-yet`)).toEqual([ofApp.id]);
    expect(await idsOf(metering.operator, '/v1/parked?app=other-app')).toEqual([]);
    expect(await listed(metering.operator, `${of}&model=not-yet`)).toMatchObject([{ waitsFor: 'model:not-yet' }]);
  });

  it('is shown to its payer, whoever reported it, and to no other party', async () => {
    const event = market.usage({ model: 'not-yet', units: { input_tokens: 1 } }, { subject: payer.partyId });
    await metering.report(metering.operator, event);
    expect(await idsOf(payer, '/v1/parked?limit=1000')).toContain(event.id);
    expect(await idsOf(payer, `/v1/parked?party=${market.subscriber.partyId}`)).toEqual([]);
    expect(await idsOf(developer, `/v1/parked?party=${payer.partyId}`)).not.toContain(event.id);
  });
});

describe('lists', () => {
  it('refuse a cursor of another list, though it has the same form', async () => {
    await metering.report(metering.operator, market.direct(1, { subject: payer.partyId }));
    await metering.report(metering.operator, market.direct(1, { subject: payer.partyId }));
    const { body } = await metering.get(payer, '/v1/charges?limit=1');
    for (const path of ['/v1/parked', '/v1/uncollected', '/v1/charges?model=qwen']) {
      const joined = `${path}${path.includes('?') ? '&' : '?'}cursor=${body['nextCursor'] as string}`;
      expect(await metering.get(payer, joined)).toMatchObject({ status: 400 });
    }
  });
});
