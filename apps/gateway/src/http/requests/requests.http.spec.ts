import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  decodeData,
  type EventOf,
  HoldCaptured,
  instantOf,
  MemberRemoved,
  MemberSet,
  ModelOffered,
  ModelSuspended,
  type ServedUse,
  UsesServed,
  walletIdOf,
  WalletCharged,
  type WalletEvent,
} from '@tokengrid/contracts';
import { newId } from '@tokengrid/service';
import { type Caller, issueKey } from '@tokengrid/service/testing';
import { Edges } from '../../streams/edges.ts';
import { type GatewayAmong, runGatewayAmong } from '../../testing/gateway-among.ts';

// Waits have their own time limits; a busy machine is no failure.
jest.setTimeout(60_000);

let gateway: GatewayAmong;
let payer: Caller;
let other: Caller;
beforeAll(async () => {
  gateway = await runGatewayAmong();
  [payer, other] = await Promise.all([gateway.register('subscriber'), gateway.register('developer')]);
}, 180_000);
afterAll(() => gateway.close(), 60_000);

const noon = Date.UTC(2026, 2, 1, 12);
const keyId = newId('key');
const offer = newId('mod');

/** A use of a payer, minutes after noon. */
const use = (minutes: number, over: Partial<ServedUse> = {}): ServedUse => ({
  ...{ eventId: newId('req'), time: instantOf(noon + minutes * 60_000), model: 'Qwen-1', offer, key: keyId },
  units: { input_tokens: '374', output_tokens: '44' },
  delivery: { end: 'completed', countedBy: 'upstream', firstUnitMs: 120, totalMs: 900 },
  ...over,
});

/** The gateway serves uses of a payer. */
async function serve({ partyId }: Caller, ...uses: readonly ServedUse[]): Promise<readonly ServedUse[]> {
  const slice = { sliceId: newId('slc'), partyId, gatewayId: 'gateway-1', epoch: 1 };
  const event = UsesServed({ ...slice, report: 1, uses: [...uses] });
  const command = { id: randomUUID(), streamId: `edge-${partyId}`, data: null, correlationId: 'spec', actor: 'spec' };
  await gateway.instance(Edges).handle(() => [event], command);
  return uses;
}

type Charged = EventOf<typeof WalletCharged>['data'];
const samples = new URL('../../../../../libs/contracts/src/samples/wallet.json', import.meta.url);
const { WalletCharged: charged } = JSON.parse(readFileSync(samples, 'utf8')) as { WalletCharged: { 1: object } };
const sample: Charged = decodeData(WalletCharged, 1, Buffer.from(JSON.stringify(charged[1])));

/** The wallet answers to uses of a payer. */
function answer({ partyId }: Caller, answers: { readonly [Of in 'uses' | 'refused' | 'refunded']?: Charged[Of] }) {
  const nothing = { uses: [], refused: [], refunded: [] };
  const data = { ...sample, walletId: walletIdOf(partyId), partyId, ...nothing, ...answers };
  return gateway.wallet.say(walletIdOf(partyId), WalletCharged(data));
}
const ofGateway = ({ eventId }: ServedUse) => ({ source: '/gateways/gateway-1', eventId });
const chargedFor = (served: ServedUse, tokens: bigint) => ({ ...sample.uses[0]!, ...ofGateway(served), tokens });

const requests = async (who: Caller, query = '') => (await gateway.get(who, `/v1/requests${query}`)).body.data!;
const idsOf = (uses: readonly ServedUse[]) => uses.map(({ eventId }) => eventId);
const listed = async (who: Caller, query = '') => (await requests(who, query)).map((each) => each['requestId']);

describe('requests', () => {
  it('are listed for their payer alone as soon as they were served, and with the charge once it is there', async () => {
    await gateway.until(async () => (await gateway.get(payer, '/v1/requests')).status === 200);
    const [served] = await serve(payer, use(0));
    await gateway.until(async () => (await gateway.get(other, '/v1/requests')).status === 200);
    const shown = {
      ...{ requestId: served!.eventId, time: served!.time, model: 'Qwen-1', offer, key: keyId },
      ...{ units: { input_tokens: 374, output_tokens: 44 }, status: 'completed', firstUnitMs: 120, totalMs: 900 },
    };
    expect(await requests(payer)).toEqual([{ ...shown, charge: 'pending' }]);
    expect(await requests(other)).toEqual([]);
    await answer(payer, { uses: [chargedFor(served!, 1034n)] });
    const { chargeId } = sample.uses[0]!;
    const expected = [{ ...shown, charge: 'charged', tokens: '1034', chargeId }];
    await gateway.until(async () => (await requests(payer))[0]!['charge'] === 'charged');
    expect(await requests(payer)).toEqual(expected);
  });

  it('cost what was taken for them without what was given back, and say if that waits', async () => {
    const [served, waiting] = await serve(other, use(0), use(1));
    await answer(other, {
      uses: [chargedFor(served!, 1000n)],
      refused: [{ ...sample.refused[0]!, ...ofGateway(waiting!) }],
    });
    await answer(other, { refunded: [{ ...sample.refunded[0]!, ...ofGateway(served!), tokens: 250n }] });
    const found = await gateway.until(async () => {
      const all = await requests(other);
      return all[0]?.['tokens'] === '750' && all;
    });
    expect(found.map(({ charge, tokens }) => [charge, tokens])).toEqual([
      ['charged', '750'],
      ['uncollected', '0'],
    ]);
    await answer(other, { uses: [chargedFor(waiting!, 500n)] });
    await gateway.until(async () => (await requests(other))[1]!['tokens'] === '500');
    expect((await requests(other))[1]).toMatchObject({ charge: 'charged' });
  });

  it('are found by time, model, app and key, and come in pages', async () => {
    const who = await gateway.register('subscriber');
    await gateway.until(async () => (await gateway.get(who, '/v1/requests')).status === 200);
    const key = newId('key');
    const uses = [use(1), use(2, { key }), use(3, { model: 'Other/Model' }), use(4, { app: 'tea-shop' }), use(4)];
    await serve(who, ...uses);
    const [first, second, third, fourth, fifth] = idsOf(uses);
    expect(await listed(who)).toEqual([first, second, third, ...[fourth!, fifth!].sort()]);
    expect(await listed(who, `?from=${uses[1]!.time}&to=${uses[3]!.time}`)).toEqual([second, third]);
    expect(await listed(who, '?model=other/model')).toEqual([third]);
    expect(await listed(who, '?app=tea-shop')).toEqual([fourth]);
    expect(await listed(who, `?key=${key}`)).toEqual([second]);
    const found: unknown[] = [];
    for (let cursor = ''; ;) {
      const { body } = await gateway.get(who, `/v1/requests?limit=2${cursor}`);
      found.push(...body.data!.map((each) => each['requestId']));
      if (body['nextCursor'] === null) break;
      cursor = `&cursor=${String(body['nextCursor'])}`;
    }
    expect(found).toEqual(await listed(who));
  });

  it('are listed once, however often they were reported', async () => {
    const who = await gateway.register('subscriber');
    await gateway.until(async () => (await gateway.get(who, '/v1/requests')).status === 200);
    const uses = [use(1)];
    await serve(who, ...uses);
    await serve(who, ...uses, use(2));
    expect(await requests(who)).toHaveLength(2);
  });

  it.each(['?party=sub_1', '?limit=0', '?model=../x', '?key=x', '?from=yesterday', '?cursor=x'])(
    'are refused with %s',
    async (query) => expect((await gateway.get(payer, `/v1/requests${query}`)).status).toBe(400),
  );

  it('are refused for a time that ends before it begins', async () => {
    const query = '?from=2026-03-02&to=2026-03-01';
    expect(await gateway.get(payer, `/v1/requests${query}`)).toMatchObject({ status: 400 });
  });
});

describe('a key', () => {
  it('tells its holder what it may do, and the caps that bind it', async () => {
    const { body } = await gateway.get(payer, '/v1/key');
    expect(body).toMatchObject({ partyId: payer.partyId, partyKind: 'subscriber', expiresAt: null, caps: [] });
    expect(body['scopes']).toContain('gateway:requests:read');
    const id = String(body['keyId']);
    const walletId = walletIdOf(payer.partyId);
    await gateway.wallet.say(walletId, MemberSet({ walletId, memberId: id, daily: 5_000_000n }));
    const caps = () => gateway.get(payer, '/v1/key').then((answered) => answered.body['caps'] as unknown[]);
    await gateway.until(async () => (await caps()).length === 1);
    const nothing = { spentToday: '0', spentThisMonth: '0', spentInAll: '0' };
    expect(await caps()).toEqual([{ keyId: id, daily: '5000000', remainingToday: '5000000', ...nothing }]);
    await gateway.wallet.say(walletId, MemberSet({ walletId, memberId: id }));
    await gateway.until(async () => (await caps()).length === 0);
  });

  it('tells its holder what was spent of its caps per day, per month and in all, and what is left', async () => {
    const who = await gateway.register('subscriber');
    await gateway.until(async () => (await gateway.get(who, '/v1/key')).status === 200);
    const memberId = String((await gateway.get(who, '/v1/key')).body['keyId']);
    const walletId = walletIdOf(who.partyId);
    const say = (event: WalletEvent) => gateway.wallet.say(walletId, event);
    const shown = () =>
      gateway.get(who, '/v1/key').then(({ body }) => (body['caps'] as readonly Record<string, string>[])[0] ?? {});
    const [day, month] = [instantOf(Date.now()).slice(0, 10), instantOf(Date.now()).slice(0, 7)];
    const before = { day: '2026-01-31', memberIds: [memberId] };
    const of = { walletId, memberId };
    await say(MemberSet({ ...of, daily: 1000n, monthly: 5000n, total: 6000n }));
    const charge = (of: string, tokens: bigint, memberIds: string[] = [memberId]) => {
      const use = { ...chargedFor(uses[0]!, tokens), memberIds };
      return say(WalletCharged({ ...sample, walletId, day: of, uses: [use], refused: [], refunded: [] }));
    };
    const uses = await serve(who, use(0));
    await charge(before.day, 700n);
    await charge(day, 300n, [memberId, newId('key')]);
    // Of other keys, and of members that are parties.
    await charge(day, 5000n, [newId('key'), newId('sub')]);
    const captured = { holdId: newId('hld'), captureId: newId('cap'), shortfall: 0n, held: 0n, final: true };
    const lots = { lots: [], beyond: [], postings: [] };
    const on = { timeZone: 'UTC', memberIds: [memberId] };
    await say(HoldCaptured({ walletId, ...captured, tokens: 50n, day, ...on, ...lots }));
    await gateway.until(async () => (await shown())['spentToday'] === '350');
    const expected = { keyId: memberId, daily: '1000', monthly: '5000', total: '6000', spentInAll: '1050' };
    expect(await shown()).toEqual({
      ...expected,
      ...{ spentToday: '350', spentThisMonth: '350', remainingToday: '650', remainingThisMonth: '4650' },
      remainingInAll: '4950',
    });
    const returned = { lots: [{ lotId: 'pur_1', tokens: 200n }], memberIds: [memberId] };
    const back = [
      { ...returned, day },
      { ...returned, day: before.day },
    ];
    const refund = { ...sample.refunded[0]!, ...ofGateway(uses[0]!), tokens: 400n, returned: back };
    await say(WalletCharged({ ...sample, walletId, day, uses: [], refused: [], refunded: [refund] }));
    await gateway.until(async () => (await shown())['spentInAll'] === '650');
    expect(await shown()).toMatchObject({ spentToday: '150', spentThisMonth: '150', remainingInAll: '5350' });
    await charge(`${month}-01`, 9000n);
    await gateway.until(async () => (await shown())['remainingInAll'] === '0');
    await say(MemberRemoved(of));
    await say(MemberSet({ ...of, total: 10n }));
    await gateway.until(async () => (await shown())['remainingInAll'] === '10');
    expect(await shown()).toMatchObject({ spentToday: '0', spentThisMonth: '0', spentInAll: '0' });
  });

  it('tells its holder what it was minted from, and all limits that bind it', async () => {
    const [first, agent] = [
      { ...payer, secret: newId('secret') },
      { ...payer, secret: newId('secret') },
    ];
    const limits = { requestsPerMinute: 60, streams: 4 };
    const [keyId, agentId] = [newId('key'), newId('key')];
    await issueKey(gateway.identity, first, 'subscriber', { keyId, models: ['List/*'], ...limits });
    await issueKey(gateway.identity, agent, 'subscriber', {
      ...{ keyId: agentId, mintedBy: keyId, parent: keyId, expiresAt: '2099-01-01T00:00:00.000Z' },
      ...{ models: ['List/Model-1'], apps: [], unitsPerMinute: 1000 },
    });
    await gateway.until(async () => (await gateway.get(agent, '/v1/key')).status === 200);
    expect((await gateway.get(agent, '/v1/key')).body).toMatchObject({
      ...{ keyId: agentId, parent: keyId, expiresAt: '2099-01-01T00:00:00.000Z', models: ['List/Model-1'], apps: [] },
      limits: [
        { keyId: agentId, unitsPerMinute: 1000 },
        { keyId, ...limits },
      ],
    });
  });

  it("that is the operator's of the environment says so", async () =>
    expect((await gateway.get(gateway.operator, '/v1/key')).body).toEqual({
      ...{ keyId: 'bootstrap', partyId: 'operator', partyKind: 'operator', scopes: ['*'], expiresAt: null },
      ...{ parent: null, limits: [], caps: [] },
    }));

  it('that is none is 401', async () => expect((await gateway.get(undefined, '/v1/key')).status).toBe(401));
});

describe("models in the form of OpenAI's API", () => {
  const time = '2026-01-01T00:00:00.000Z';
  const offered = async (name: string) => {
    const [modelId, providerId] = [newId('mod'), newId('org')];
    const terms = { endpoint: 'https://models.example/v1', region: 'eu', operatorBps: 0, priceVersion: 1 };
    const prices = [{ meter: 'input_tokens', unitPrice: '1' }];
    const event = ModelOffered({ modelId, name, providerId, ...terms, prices, effectiveFrom: time });
    const { time: at } = await gateway.appRegistry.say(modelId, event);
    return { modelId, name, providerId, created: Math.floor(at / 1000) };
  };
  const ids = async () => (await gateway.get(payer, '/v1/models')).body.data!.map(({ id }) => id);

  it('are listed once, by name, whoever offers them, and found in any capitals', async () => {
    const [one, , slashed] = [await offered('List/Model-1'), await offered('List/Model-1'), await offered('aa/First')];
    await gateway.until(async () => (await ids()).length === 2);
    expect(await ids()).toEqual(['List/Model-1', 'aa/First']);
    const shown = { id: one.name, object: 'model', created: one.created, owned_by: one.providerId };
    expect(await gateway.get(payer, `/v1/models/${encodeURIComponent('list/MODEL-1')}`)).toMatchObject({
      ...{ status: 200, body: shown },
    });
    const { created: _, ...suspended } = slashed;
    await gateway.appRegistry.say(slashed.modelId, ModelSuspended(suspended));
    await gateway.until(async () => (await ids()).length === 1);
  });

  it('are those that the key may use', async () => {
    const bounded = { ...payer, secret: newId('secret') };
    await issueKey(gateway.identity, bounded, 'subscriber', { models: ['List/model-1', 'b*'] });
    await gateway.until(async () => (await ids()).includes('List/Model-1'));
    await offered('cc/Third');
    await gateway.until(async () => (await ids()).includes('cc/Third'));
    await gateway.until(async () => (await gateway.get(bounded, '/v1/key')).status === 200);
    const { data } = (await gateway.get(bounded, '/v1/models')).body;
    expect(data!.map(({ id }) => id)).toEqual(['List/Model-1']);
    expect((await gateway.get(bounded, `/v1/models/${encodeURIComponent('cc/Third')}`)).status).toBe(404);
  });

  it.each(['nobody', 'list%2FMODEL-l', '..%2F..%2Fetc'])('are not found by %s, in their form', async (name) =>
    expect(await gateway.get(payer, `/v1/models/${name}`)).toMatchObject({
      status: 404,
      body: { error: { type: 'invalid_request_error', code: 'model_not_found' } },
    }),
  );

  it('need a key, in their form', async () =>
    expect(await gateway.get(undefined, '/v1/models')).toMatchObject({
      status: 401,
      body: { error: { code: 'invalid_api_key' } },
    }));
});
