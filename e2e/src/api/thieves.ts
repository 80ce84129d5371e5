import { randomUUID } from 'node:crypto';
import { beforeAll, expect, it } from '@jest/globals';
import type { Answer } from './client.ts';
import { eventually, expectProblem, hasStatus } from './expectations.ts';
import { manifest, type Market, openMarket, publishApp } from './market.ts';
import { availableTo, buy, type Party, registerOrganization, registerSubscriber } from './parties.ts';
import { anotherOperatorKey } from './repeats.ts';
import type { Tokengrid } from './tokengrid.ts';

interface Key {
  readonly id: string;
  readonly key: string;
}

/** Attempts of thieves: lost rights, others' caps, self-requested keys, others' holds. */
export function thieves(grid: () => Tokengrid): void {
  const at = () => grid().at('wallet');
  const hold = (as: string, { walletId }: Party, tokens: string) =>
    at().post(`/v1/wallets/${walletId}/holds`, as, { tokens, expiresInSeconds: 600, reason: 'a use' });
  const capture = (as: string, { body }: Answer, tokens: string) =>
    at().post(`/v1/holds/${String(body['holdId'])}/captures`, as, { tokens, final: false });
  const cap = (as: string, { walletId }: Party, memberId: string, daily: string) =>
    at().put(`/v1/wallets/${walletId}/members/${memberId}`, as, { daily });
  const known = async (key: string) => {
    for (const one of grid().wallets) await eventually(() => one.get('/v1/token-price', key), hasStatus(200));
  };

  /** A key of a party, requested with one of its keys. */
  async function mint(by: string, { partyId }: Party): Promise<Key> {
    const scopes = [
      ...['identity:api-keys:write', 'wallet:holds:write', 'wallet:transfers:write', 'wallet:limits:write'],
      ...['wallet:balances:read', 'wallet:sales:write', 'app-registry:subscriptions:write'],
    ];
    const { body } = await grid().at('identity').post(`/v1/parties/${partyId}/api-keys`, by, { name: 'app', scopes });
    const key = String(body['secret']);
    await known(key);
    return { id: String(body['id']), key };
  }

  /** An owner with a million µAIT, and a key of its own with a cap of ten a day. */
  async function withCappedKey() {
    const owner = await registerOrganization(grid(), 'developer');
    await buy(grid(), owner, 1_000_000n);
    const capped = await mint(owner.key, owner);
    expect((await cap(owner.key, owner, capped.id, '10')).status).toBe(200);
    return { owner, capped };
  }

  async function withMember() {
    const [owner, member] = await Promise.all([registerSubscriber(grid()), registerSubscriber(grid())]);
    await buy(grid(), owner, 1_000_000n);
    expect((await cap(grid().operatorKey, owner, member.partyId, '5')).status).toBe(200);
    const placed = await eventually(() => hold(member.key, owner, '5'), hasStatus(201));
    return { owner, member, placed };
  }

  it('a removed member takes nothing through the hold that it has open; the owner stays under its cap there', async () => {
    const { owner, member, placed } = await withMember();
    expect((await at().delete(`/v1/wallets/${owner.walletId}/members/${member.partyId}`, owner.key)).status).toBe(200);
    expectProblem(await capture(member.key, placed, '900000'), 409, 'WALLET.NOT_A_MEMBER');
    const taken = await capture(owner.key, placed, '900000');
    expect(taken.body).toMatchObject({ tokens: '5', shortfall: '899995' });
  });

  it('a key with a cap takes no more through a hold of the owner’s, nor does a key that it minted or its successor', async () => {
    const { owner, capped } = await withCappedKey();
    const placed = await hold(owner.key, owner, '11');
    const minted = await mint(capped.key, owner);
    const path = `/v1/api-keys/${minted.id}/rotate`;
    const { body } = await grid().at('identity').post(path, minted.key, { overlapSeconds: 60 });
    const successor = String(body['secret']);
    await known(successor);
    for (const key of [capped.key, minted.key, successor]) {
      expectProblem(await capture(key, placed, '900000'), 409, 'WALLET.LIMIT_EXCEEDED');
      expectProblem(await hold(key, owner, '11'), 409, 'WALLET.LIMIT_EXCEEDED');
      expectProblem(await cap(key, owner, capped.id, '900000'), 403, 'PERMISSION_DENIED');
    }
    expect(await availableTo(grid(), owner)).toBe(999_989n);
  });

  it('a key with a cap gets no successor of another one, and does not end it', async () => {
    const { owner, capped } = await withCappedKey();
    const other = await mint(owner.key, owner);
    const path = `/v1/api-keys/${other.id}`;
    const rotated = await grid().at('identity').post(`${path}/rotate`, capped.key, { overlapSeconds: 60 });
    expectProblem(rotated, 403, 'PERMISSION_DENIED');
    expectProblem(await grid().at('identity').delete(path, capped.key), 403, 'PERMISSION_DENIED');
    expect((await hold(other.key, owner, '11')).status).toBe(201);
  });

  it('a suspended party spends nothing, also as a member', async () => {
    const { owner, member, placed } = await withMember();
    const change = (action: string) =>
      grid().at('identity').post(`/v1/parties/${member.partyId}/${action}`, grid().operatorKey);
    expect((await change('suspend')).status).toBe(200);
    await eventually(() => capture(member.key, placed, '1'), hasStatus(401));
    expect((await change('reinstate')).status).toBe(200);
    await eventually(() => capture(member.key, placed, '1'), hasStatus(201));
    expect(await availableTo(grid(), owner)).toBe(999_995n);
  });

  it('who proposes does not approve with a key that it minted; somebody else does', async () => {
    const [ann, bob] = [await anotherOperatorKey(grid(), 'Ann'), await anotherOperatorKey(grid(), 'Bob')];
    const { body: issued } = await grid()
      .at('identity')
      .post('/v1/parties/operator/api-keys', ann, { name: 'Ann again', scopes: ['*'] });
    const again = String(issued['secret']);
    await known(again);
    const allowed = { sending: { allowed: true }, selling: { allowed: true } };
    await at().put('/v1/market-policy', ann, { ...allowed, approvals: { grantsAbove: '10' } });
    const party = await registerSubscriber(grid());
    const grant = { tokens: '11', source: 'promotion', transferable: false };
    const proposed = await eventually(
      () => at().post(`/v1/wallets/${party.walletId}/grants`, ann, grant),
      ({ body }) => body['status'] === 'awaiting-approval',
    );
    const approve = (key: string) => at().post(`/v1/approvals/${String(proposed.body['approvalId'])}/approve`, key);
    for (const key of [ann, again, grid().operatorKey]) {
      expectProblem(await approve(key), 409, 'WALLET.SAME_PRINCIPAL');
    }
    expect((await approve(bob)).status).toBe(200);
    const loosened = await at().put('/v1/market-policy', ann, { ...allowed, approvals: {} });
    expect((await at().post(`/v1/approvals/${String(loosened.body['approvalId'])}/approve`, bob)).status).toBe(200);
  });

  it('two people of one party do not share idempotency keys, nor each other’s commands', async () => {
    const { owner, capped } = await withCappedKey();
    const to = await registerSubscriber(grid());
    const send = (key: string) =>
      at().post(
        `/v1/wallets/${owner.walletId}/transfers`,
        key,
        { toWalletId: to.walletId, tokens: '1' },
        { idempotencyKey: 'the same' },
      );
    const [first, second] = [await send(owner.key), await send(capped.key)];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body['transferId']).not.toBe(first.body['transferId']);
    expect((await send(owner.key)).body).toEqual(first.body);
  });

  let market: Market;
  beforeAll(async () => {
    market = await openMarket(grid());
  });

  it('a use that a key with a cap made is charged under that cap', async () => {
    const { owner, capped } = await withCappedKey();
    const report = (key: string | undefined, as = grid().operatorKey) => {
      const data = { model: market.model, units: { input_tokens: 100 }, ...(key !== undefined && { key }) };
      const use = {
        specversion: '1.0',
        type: 'use',
        source: '/thieves',
        id: randomUUID(),
        subject: owner.partyId,
        data,
      };
      return grid().at('metering').post('/v1/events', as, use, { contentType: 'application/cloudevents+json' });
    };
    expect((await report(capped.id)).status).toBe(202);
    await eventually(
      () => grid().at('metering').get(`/v1/charges?party=${owner.partyId}`, owner.key),
      ({ body }) => (body['data'] as { status: string }[])[0]?.status === 'uncollected',
    );
    expect((await report(undefined)).status).toBe(202);
    await eventually(
      () => at().get(`/v1/wallets/${owner.walletId}`, owner.key),
      ({ body }) => body['available'] === '999850',
    );
    expectProblem(await report(market.developer.keyId), 403, 'PERMISSION_DENIED');
    expectProblem(await report(capped.id, market.developer.key), 403, 'PERMISSION_DENIED');
  });

  it('a fee of a subscription that a key with a cap made is charged under that cap', async () => {
    const price = { meter: 'input_tokens', model: 'per-unit', unitPrice: '1' };
    const plans = [{ id: 'gold', name: 'Gold', monthlyFee: '900000', prices: [price] }];
    const { appId } = await publishApp(grid(), market.developer, manifest({ plans }));
    const { owner, capped } = await withCappedKey();
    const subscribed = await eventually(
      () => grid().at('app-registry').post(`/v1/apps/${appId}/subscriptions`, capped.key, { planId: 'gold' }),
      hasStatus(201),
    );
    const path = `/v1/subscriptions/${String(subscribed.body['subscriptionId'])}`;
    await eventually(
      () => grid().at('app-registry').get(path, owner.key),
      ({ body }) => body['status'] === 'unpaid',
    );
    expect(await availableTo(grid(), owner)).toBe(1_000_000n);
  });
}
