import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { instantOf, operatorPartyId, WalletCharged } from '@tokengrid/contracts';
import { Reaction } from '@tokengrid/event-bus';
import { laneOf } from '@tokengrid/kernel';
import { newId } from '@tokengrid/service';
import { DataSource } from 'typeorm';
import { CapacityStream } from '../../streams/capacity.ts';
import { CapacityWatch } from '../../flows/capacity-watch.ts';
import { use } from '../../decisions/examples.fixture.ts';
import { capacityStreamId } from '../../decisions/state/capacity.ts';
import { collectFees } from '../../decisions/usage/collect-fees.ts';
import { moveTokens } from '../../decisions/rules/postings.ts';
import { requestCapacity } from '../../decisions/capacity/request-capacity.ts';
import { Lanes } from '../../streams/lanes.ts';
import {
  whenCapacityGrantedReceiveCapacity,
  WhenCapacityGrantedReceiveCapacity,
} from '../../policies/when-capacity-granted-receive-capacity.ts';
import { type Caller, runWallet, type RunningWallet, someCommand, someId } from '../../testing/run-wallet.ts';
import { Wallets } from '../../streams/wallets.ts';

let wallet: RunningWallet;
beforeAll(async () => {
  wallet = await runWallet({ CAPACITY_WATCH_MS: '60000' });
}, 120_000);
afterAll(() => wallet.close(), 60_000);

describe('without a token price', () => {
  it('nothing can be bought or sold, and a repeat hears the same once there is a price', async () => {
    const party = await wallet.party();
    const refused = { status: 409, body: expect.objectContaining({ code: 'WALLET.NO_TOKEN_PRICE' }) };
    expect(await wallet.get(party, '/v1/token-price')).toMatchObject({ status: 404 });
    expect(await wallet.buy(party, '5', 'early')).toEqual(refused);
    expect(await wallet.post(party, 'sales', { tokens: '5' })).toEqual(refused);
    await wallet.put('/v1/token-price', { currency: 'CNY', buy: '200', sellBack: '150' });
    expect(await wallet.buy(party, '5', 'early')).toEqual(refused);
  });
});

describe('the token price', () => {
  const inDays = (days: number) => instantOf(Date.now() + days * 86_400_000);
  const announce = (effectiveFrom: string) =>
    wallet.put('/v1/token-price', { currency: 'CNY', buy: '300', sellBack: '150', effectiveFrom });
  const withdraw = (version: unknown, who: Caller = wallet.operator) =>
    wallet.call(who, 'DELETE', `/v1/token-price/${String(version)}`);
  const posted = async () => (await wallet.get(wallet.operator, '/v1/token-price')).body;

  it('is in force at once, or from a time to come', async () => {
    const first = await wallet.put('/v1/token-price', { currency: 'CNY', buy: '200', sellBack: '150' });
    const effectiveFrom = inDays(30);
    // The same moment with another offset.
    const next = await announce(instantOf(Date.parse(effectiveFrom) + 8 * 3_600_000).replace('Z', '+08:00'));
    expect(next).toMatchObject({ status: 200, body: { buy: '300', effectiveFrom } });
    const party = await wallet.party();
    expect(await wallet.get(party, '/v1/token-price')).toEqual({
      status: 200,
      body: { ...first.body, upcoming: [next.body] },
    });
  });

  it('is announced for at most 400 days ahead', async () => {
    const before = await posted();
    const detail = 'must be at most 400 days ahead';
    for (const effectiveFrom of [inDays(401), '2999-01-01T00:00:00Z']) {
      expect(await announce(effectiveFrom)).toMatchObject({
        status: 400,
        body: { code: 'INVALID_ARGUMENT', errors: [{ pointer: '/effectiveFrom', detail }] },
      });
    }
    expect(await posted()).toEqual(before);
    const { status, body } = await announce(inDays(399));
    expect(status).toBe(200);
    expect(await withdraw(body['priceVersion'])).toMatchObject({ status: 200 });
  });

  it('is withdrawn until it is in force', async () => {
    const before = await posted();
    const { priceVersion } = (await announce(inDays(10))).body;
    expect(await withdraw(priceVersion, await wallet.party())).toMatchObject({ status: 403 });
    expect(await withdraw(priceVersion)).toEqual({ status: 200, body: { priceVersion, status: 'withdrawn' } });
    expect(await posted()).toEqual(before);
    const refused = (code: string) => ({ status: 409, body: { code } });
    expect(await withdraw(priceVersion)).toMatchObject(refused('WALLET.PRICE_WITHDRAWN'));
    expect(await withdraw(before['priceVersion'])).toMatchObject(refused('WALLET.PRICE_IN_FORCE'));
    for (const unknown of ['0', '999999', '1.5', 'x', '1'.repeat(40)]) {
      expect(await withdraw(unknown)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    }
  });

  it.each([
    ['a buy-back above the price', { buy: '200', sellBack: '201' }, '/sellBack'],
    ['a float', { buy: 1.5, sellBack: '1' }, '/buy'],
    ['more than 10^12', { buy: `1${'0'.repeat(12)}1`, sellBack: '1' }, '/buy'],
    ['a field that there is not', { buy: '2', sellBack: '1', spread: '1' }, '/spread'],
  ])('refuses %s', async (_, price, pointer) => {
    const { status, body } = await wallet.put('/v1/token-price', { currency: 'CNY', ...price });
    expect([status, body['code'], body['errors']]).toEqual([
      400,
      'INVALID_ARGUMENT',
      [{ pointer, detail: expect.any(String) }],
    ]);
  });

  it('is the operator’s to post', async () => {
    const party = await wallet.party();
    const asked = await wallet.call(party, 'PUT', '/v1/token-price', { currency: 'CNY', buy: '1', sellBack: '1' });
    expect(asked).toMatchObject({ status: 403, body: { code: 'PERMISSION_DENIED' } });
  });
});

describe('the capacity', () => {
  it('has no limit until one is declared', async () => {
    expect(await wallet.get(wallet.operator, '/v1/capacity')).toMatchObject({
      status: 200,
      body: { tokens: null, version: 0, warning: false },
    });
  });

  const outstanding = async () =>
    BigInt((await wallet.get(wallet.operator, '/v1/capacity')).body['outstanding'] as string);
  const declare = (tokens: bigint) => wallet.put('/v1/capacity', { tokens: tokens.toString() });

  it('is sold to the last µAIT and never beyond, whoever buys at once in whichever lane', async () => {
    const parties = await Promise.all(Array.from({ length: 8 }, () => wallet.party()));
    const limit = (await outstanding()) + 1000n;
    expect(await declare(limit)).toEqual({ status: 200, body: { tokens: limit.toString(), version: 1 } });
    const purchases = await Promise.all(
      Array.from({ length: 40 }, (_, index) => wallet.buy(parties[index % 8]!, '100')),
    );
    const answers = purchases.map(({ status, body }) => (status === 201 ? 201 : body['code']));
    expect(answers.filter((answer) => answer === 201)).toHaveLength(10);
    expect(answers.filter((answer) => answer === 'WALLET.ISSUANCE_EXHAUSTED')).toHaveLength(30);
    expect(await outstanding()).toBe(limit);
  });

  it('comes back with what is sold back, to buyers in any lane', async () => {
    const [seller, buyer] = [await wallet.party(), await wallet.party()];
    const limit = (await outstanding()) + 100n;
    await declare(limit);
    expect(await wallet.buy(seller, '100')).toMatchObject({ status: 201 });
    expect(await wallet.buy(buyer, '1')).toMatchObject({ status: 409, body: { available: '0', required: '1' } });
    expect(await wallet.grant(buyer, { tokens: '1' })).toMatchObject({ body: { code: 'WALLET.ISSUANCE_EXHAUSTED' } });
    await wallet.post(seller, 'sales', { tokens: '40' });
    expect(await wallet.buy(buyer, '40')).toMatchObject({ status: 201 });
    expect(await outstanding()).toBe(limit);
  });

  it('is not said to be gone while a part of it is on its way to a lane, whose process died', async () => {
    const party = await wallet.party();
    await declare((await outstanding()) + 100n);
    const [capacity, lanes] = [wallet.instance(CapacityStream), wallet.instance(Lanes)];
    const other = (laneOf(party.walletId, lanes.all.length) + 1) % lanes.all.length;
    const request = { id: randomUUID(), streamId: capacityStreamId, correlationId: 'test', actor: 'spec' };
    const { events } = await capacity.handle(requestCapacity, { ...request, data: { lane: other, required: 100n } });
    let looks = 0;
    const load = capacity.load.bind(capacity);
    capacity.load = (streamId) => {
      looks += 1;
      return load(streamId);
    };
    let isAnswered = false;
    const buying = wallet.buy(party, '100').finally(() => (isAnswered = true));
    while (looks < 10 && !isAnswered) await new Promise((resolve) => setTimeout(resolve, 5));
    capacity.load = load;
    const granted = events.find(({ type }) => type === 'CapacityGranted') as never;
    await wallet
      .instance(WhenCapacityGrantedReceiveCapacity)
      .receiveCapacity(granted, new Reaction(whenCapacityGrantedReceiveCapacity, granted));
    expect(await buying).toMatchObject({ status: 201 });
  });

  it('lowered below what is outstanding, sells nothing until so much has been sold back', async () => {
    const party = await wallet.party();
    await declare((await outstanding()) + 100n);
    await wallet.buy(party, '100');
    await declare((await outstanding()) - 50n);
    await wallet.post(party, 'sales', { tokens: '50' });
    expect(await wallet.buy(party, '1')).toMatchObject({ status: 409, body: { code: 'WALLET.ISSUANCE_EXHAUSTED' } });
    await wallet.post(party, 'sales', { tokens: '1' });
    expect(await wallet.buy(party, '1')).toMatchObject({ status: 201 });
  });

  it('warns from 90 % on until there is more again, in its stream, where it is read and as a metric', async () => {
    const party = await wallet.party();
    const watch = wallet.instance(CapacityWatch);
    const warning = async () => {
      // A second look changes nothing.
      await watch.look();
      await watch.look();
      return (await wallet.get(wallet.operator, '/v1/capacity')).body['warning'];
    };
    const limit = (await outstanding()) * 10n;
    await declare(limit);
    expect(await warning()).toBe(false);
    await wallet.buy(party, ((limit * 9n + 9n) / 10n - (await outstanding())).toString());
    expect(await warning()).toBe(true);
    const metrics = await (await fetch(`${wallet.url}/metrics`)).text();
    expect(metrics).toContain('wallet_capacity_used_ratio{service="wallet"} 0.9');
    await wallet.post(party, 'sales', { tokens: '1' });
    expect(await warning()).toBe(false);
    await declare(await outstanding());
    expect(await warning()).toBe(true);
  });

  it('knows what its lanes have', async () => {
    const capacity = await wallet.instance(CapacityStream).load(capacityStreamId);
    const lanes = wallet.instance(Lanes);
    let room = 0n;
    for (const lane of lanes.all) {
      const { issuance } = await lanes.loadLane(lane);
      if (issuance.limit === 'slice') room += issuance.room;
    }
    expect(capacity).toMatchObject({ status: 'declared', granted: (await outstanding()) + room });
  });
});

describe('the books', () => {
  it('balance, and say where all tokens are', async () => {
    const { body } = await wallet.get(wallet.operator, '/v1/ledger/trial-balance');
    expect(body).toMatchObject({ balanced: true, sums: { AIT: '0', CNY: '0' } });
    const tokens = body['tokens'] as Record<string, string>;
    const sum = (...kinds: string[]) => kinds.reduce((total, kind) => total + BigInt(tokens[kind]!), 0n);
    expect(sum('available', 'held', 'inTransit', 'escrow', 'fees')).toBe(sum('outstanding'));
    expect(sum('issued') - sum('redeemed', 'expired')).toBe(sum('outstanding'));
    const [{ available }] = await wallet
      .instance(DataSource)
      .query<[{ available: string }]>('select sum(available) available from wallets');
    expect(available).toBe(tokens['available']);
  });

  it('are the operator’s to read', async () => {
    const party = await wallet.party();
    for (const path of ['/v1/ledger/trial-balance', '/v1/capacity']) {
      expect(await wallet.get(party, path)).toMatchObject({ status: 403, body: { code: 'PERMISSION_DENIED' } });
    }
  });
});

describe('fees', () => {
  const retire = (body: object, who: Caller = wallet.operator) => wallet.call(who, 'POST', '/v1/fees/retire', body);
  const outstanding = async () =>
    BigInt((await wallet.get(wallet.operator, '/v1/capacity')).body['outstanding'] as string);

  /** A charged use that belongs to the operator entirely. */
  async function collected(tokens: bigint): Promise<void> {
    const { walletId, ...party } = await wallet.party();
    const { purchaseId } = (await wallet.buy({ walletId, ...party }, String(tokens))).body;
    const lane = laneOf(walletId, 3);
    const ids = { usageId: newId('usg'), chargeId: newId('chg'), eventId: newId('usg') };
    const charge = WalletCharged({
      ...{ walletId, partyId: party.partyId, ratedBy: 'metering/0/1', tokens, day: '2026-01-01', timeZone: 'UTC' },
      uses: [{ ...use(tokens, ids), lots: [{ lotId: purchaseId as string, tokens }] }],
      ...{ refused: [], refunded: [], givenBack: 0n, lotTerms: [] },
      postings: moveTokens(tokens, `wallet:${walletId}:available`, `lane:${lane}:escrow`),
    });
    await wallet.instance(Wallets).handle(() => [charge], someCommand(walletId, {}));
    const lanes = wallet.instance(Lanes);
    const statement = { statementId: newId('stm'), partyId: operatorPartyId, period: '2026-01-01', timeZone: 'UTC' };
    const charged = (await lanes.loadLane(lane)).released + tokens;
    await lanes.handle(collectFees, someCommand(lanes.streamOf(lane), { ...statement, tokens, charged }));
  }

  it('are retired in part or all, never more than there are, and make room for others', async () => {
    await wallet.put('/v1/capacity', { tokens: String((await outstanding()) + 1000n) });
    await collected(600n);
    await collected(400n);
    const before = await outstanding();
    expect(await retire({}, await wallet.party())).toMatchObject({ status: 403, body: { code: 'PERMISSION_DENIED' } });
    expect(await retire({ tokens: '0' })).toMatchObject({ status: 400, body: { errors: [{ pointer: '/tokens' }] } });
    expect(await retire({ tokens: '1001' })).toMatchObject({
      status: 409,
      body: { code: 'WALLET.INSUFFICIENT_FEES', available: '1000', required: '1001' },
    });
    const part = await retire({ tokens: '300' });
    expect(part).toMatchObject({ status: 200, body: { retirementId: someId('frt'), tokens: '300' } });
    expect(await outstanding()).toBe(before - 300n);
    expect(await retire({})).toMatchObject({ status: 200, body: { tokens: '700' } });
    expect(await outstanding()).toBe(before - 1000n);
    expect(await retire({})).toMatchObject({ status: 200, body: { tokens: '0', lanes: [] } });
    expect(await wallet.buy(await wallet.party(), '1000')).toMatchObject({ status: 201 });
    const { body } = await wallet.get(wallet.operator, '/v1/ledger/trial-balance');
    expect(body).toMatchObject({ balanced: true, tokens: { fees: '0' } });
  });
});
