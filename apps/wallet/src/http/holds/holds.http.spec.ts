import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answered, Caller, RunningWallet } from '../../testing/run-wallet.ts';
import { runWallet, someId } from '../../testing/run-wallet.ts';

let wallet: RunningWallet;
beforeAll(async () => {
  wallet = await runWallet();
  await wallet.put('/v1/token-price', { currency: 'CNY', buy: '200', sellBack: '150' });
}, 120_000);
afterAll(() => wallet.close(), 60_000);

const hold = (tokens: string, expiresInSeconds = 600) => ({ tokens, expiresInSeconds, reason: 'a chat completion' });
const on = (who: Caller, { body }: Answered, action: string, sent?: unknown, key?: string) =>
  wallet.call(who, 'POST', `/v1/holds/${body['holdId'] as string}/${action}`, sent, key);

async function funded(tokens: string): Promise<Caller> {
  const party = await wallet.party();
  expect(await wallet.buy(party, tokens)).toMatchObject({ status: 201 });
  return party;
}

async function holdings(who: Caller) {
  const { body } = await wallet.get(who, `/v1/wallets/${who.walletId}`);
  return { available: body['available'], held: body['held'] };
}

describe('a hold', () => {
  it('is placed, extended, captured in parts, and gives back what its last capture leaves', async () => {
    const party = await funded('1000');
    const placed = await wallet.post(party, 'holds', hold('400'));
    expect(placed).toEqual({
      status: 201,
      body: {
        holdId: someId('hld'),
        walletId: party.walletId,
        tokens: '400',
        reason: 'a chat completion',
        expiresAt: expect.any(String),
        status: 'open',
      },
    });
    expect(await on(party, placed, 'extend', { tokens: '100' })).toMatchObject({
      status: 200,
      body: { tokens: '500' },
    });
    expect(await holdings(party)).toEqual({ available: '500', held: '500' });
    const part = await on(party, placed, 'captures', { tokens: '150', final: false });
    expect(part).toMatchObject({ status: 201, body: { tokens: '150', shortfall: '0', held: '350', status: 'open' } });
    const last = await on(party, placed, 'captures', { tokens: '50', final: true });
    expect(last).toMatchObject({ status: 201, body: { tokens: '50', held: '0', status: 'captured' } });
    expect(await holdings(party)).toEqual({ available: '800', held: '0' });
    const { body } = await wallet.get(party, `/v1/wallets/${party.walletId}/entries`);
    const lines = (body['data'] as Record<string, string>[]).map((entry) => [
      entry['type'],
      entry['tokens'],
      entry['balanceAfter'],
      entry['held'],
      entry['heldAfter'],
    ]);
    expect(lines).toEqual([
      ['purchase', '1000', '1000', '0', '0'],
      ['hold', '-400', '600', '400', '400'],
      ['hold', '-100', '500', '100', '500'],
      ['capture', '0', '500', '-150', '350'],
      ['capture', '0', '500', '-50', '300'],
      ['release', '300', '800', '-300', '0'],
    ]);
    const state = await wallet.get(party, `/v1/holds/${placed.body['holdId'] as string}`);
    expect(state).toMatchObject({ status: 200, body: { status: 'captured', tokens: '0', captured: '200' } });
  });

  it('is resolved once, and says so to whoever comes after', async () => {
    const party = await funded('100');
    const placed = await wallet.post(party, 'holds', hold('100'));
    const released = await on(party, placed, 'release', undefined, 'once');
    expect(released).toMatchObject({ status: 200, body: { tokens: '100', status: 'released' } });
    expect(await on(party, placed, 'release', undefined, 'once')).toEqual(released);
    const resolved = { status: 409, body: { code: 'WALLET.HOLD_RESOLVED' } };
    expect(await on(party, placed, 'release')).toMatchObject(resolved);
    expect(await on(party, placed, 'captures', { tokens: '1', final: true })).toMatchObject(resolved);
    expect(await on(party, placed, 'extend', { tokens: '1' })).toMatchObject(resolved);
    expect(await holdings(party)).toEqual({ available: '100', held: '0' });
  });

  it('takes beyond itself what the wallet has, and says what was missing', async () => {
    const party = await funded('100');
    const placed = await wallet.post(party, 'holds', hold('60'));
    const captured = await on(party, placed, 'captures', { tokens: '130', final: true });
    expect(captured).toMatchObject({ status: 201, body: { tokens: '100', shortfall: '30' } });
    expect(await holdings(party)).toEqual({ available: '0', held: '0' });
  });

  it('is not placed on what is not there', async () => {
    const party = await funded('100');
    expect(await wallet.post(party, 'holds', hold('101'))).toMatchObject({
      status: 409,
      body: { code: 'WALLET.INSUFFICIENT_TOKENS', available: '100', required: '101' },
    });
  });

  it("is nobody's but its wallet's owner's and the operator's", async () => {
    const [party, other] = [await funded('100'), await wallet.party()];
    const placed = await wallet.post(party, 'holds', hold('60'));
    expect(await wallet.post({ ...other, walletId: party.walletId }, 'holds', hold('1'))).toMatchObject({
      status: 404,
    });
    for (const [action, body] of [
      ['captures', { tokens: '1', final: true }],
      ['extend', { tokens: '1' }],
      ['release', undefined],
    ] as const) {
      expect(await on(other, placed, action, body)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    }
    expect(await on(wallet.operator, placed, 'release')).toMatchObject({ status: 200 });
  });

  it('expires by itself, on time', async () => {
    const party = await funded('100');
    const placed = await wallet.post(party, 'holds', hold('60', 1));
    const path = `/v1/holds/${placed.body['holdId'] as string}`;
    const expiresAt = Date.parse(placed.body['expiresAt'] as string);
    while ((await wallet.get(party, path)).body['status'] === 'open');
    expect(Date.now()).toBeGreaterThanOrEqual(expiresAt);
    expect(Date.now() - expiresAt).toBeLessThan(2000);
    expect(await holdings(party)).toEqual({ available: '100', held: '0' });
    expect(await on(party, placed, 'captures', { tokens: '1', final: true })).toMatchObject({
      status: 409,
      body: { code: 'WALLET.HOLD_EXPIRED' },
    });
  }, 10_000);

  it.each([
    ['no time', { tokens: '1', reason: 'a use' }, '/expiresInSeconds'],
    ['no end', { tokens: '1', reason: 'a use', expiresInSeconds: 0 }, '/expiresInSeconds'],
    ['a year', { tokens: '1', reason: 'a use', expiresInSeconds: 31_536_000 }, '/expiresInSeconds'],
    ['no reason', { tokens: '1', expiresInSeconds: 1 }, '/reason'],
    ['what is not known', { ...hold('1'), forever: true }, '/forever'],
  ])('is not placed with %s', async (_, body, pointer) => {
    const party = await funded('10');
    const { status, body: problem } = await wallet.post(party, 'holds', body);
    expect([status, problem['code']]).toEqual([400, 'INVALID_ARGUMENT']);
    expect(problem['errors']).toContainEqual({ pointer, detail: expect.any(String) });
  });
});

describe('tokens that end', () => {
  it('expire by themselves, on time, and are in the books as expired', async () => {
    const party = await wallet.party();
    const expiresAt = Date.now() + 1000;
    expect(await wallet.grant(party, { tokens: '70', expiresAt: new Date(expiresAt).toISOString() })).toMatchObject({
      status: 201,
    });
    while ((await wallet.availableOf(party)) !== '0');
    expect(Date.now()).toBeGreaterThanOrEqual(expiresAt);
    expect(Date.now() - expiresAt).toBeLessThan(2000);
    const { body } = await wallet.get(party, `/v1/wallets/${party.walletId}/entries`);
    expect(body['data']).toMatchObject([{ type: 'grant' }, { type: 'expiry', tokens: '-70', balanceAfter: '0' }]);
  }, 10_000);
});
